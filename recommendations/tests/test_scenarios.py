"""The specification's scenarios S-REC-MODEL-1 to 6, in its order, over HTTP."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def titles_for(api_of):
    """The titles of a user's feed, in order."""

    def ask(user):
        answer = api_of(user).get("/recommendations")
        assert answer.status_code == 200
        return [result["event"]["title"] for result in answer.json()["results"]]

    return ask


def test_S_REC_MODEL_1_categories_of_interest_come_first(titles_for):
    user = UserFactory(interests=["music", "tech"])
    InteractionFactory.create_batch(9, event=EventFactory(title="sports", category="sports"))
    EventFactory(title="none", category=None)
    EventFactory(title="tech", category="tech")
    InteractionFactory(event=EventFactory(title="music", category="music"))

    assert titles_for(user) == ["music", "tech", "sports", "none"]


def test_S_REC_MODEL_2_more_interactions_rank_higher(titles_for):
    user = UserFactory(interests=["music"])
    soon = timezone.now() + timedelta(days=1)
    InteractionFactory.create_batch(5, event=EventFactory(title="F", category="music", start_at=soon))
    InteractionFactory.create_batch(50, event=EventFactory(title="E", category="music"))

    assert titles_for(user) == ["E", "F"]


def test_S_REC_MODEL_3_sooner_start_ranks_higher(titles_for):
    user = UserFactory(interests=["music"])
    EventFactory(title="B", category="music", start_at=timezone.now() + timedelta(days=30))
    EventFactory(title="A", category="music", start_at=timezone.now() + timedelta(days=1))

    assert titles_for(user) == ["A", "B"]


def test_S_REC_MODEL_4_dismissed_event_does_not_appear(titles_for):
    user = UserFactory()
    dismissed = EventFactory(title="E")
    InteractionFactory(user=user, event=dismissed, action="DISMISS")
    EventFactory(title="other")

    assert titles_for(user) == ["other"]
    assert titles_for(UserFactory()) == ["E", "other"]


def test_S_REC_MODEL_5_past_completed_event_does_not_appear(titles_for):
    user = UserFactory()
    EventFactory(title="E", start_at=timezone.now() - timedelta(days=1), status="COMPLETED")
    EventFactory(title="other")

    assert titles_for(user) == ["other"]


def test_S_REC_MODEL_6_without_interests_and_interactions_popularity_then_recency(titles_for):
    user = UserFactory()
    now = timezone.now()
    EventFactory(title="later", category="music", start_at=now + timedelta(days=2))
    EventFactory(title="sooner", start_at=now + timedelta(days=1))
    InteractionFactory.create_batch(2, event=EventFactory(title="popular", start_at=now + timedelta(days=9)))
    InteractionFactory(event=EventFactory(title="known", category="tech", start_at=now + timedelta(days=9)))

    assert titles_for(user) == ["popular", "known", "sooner", "later"]
