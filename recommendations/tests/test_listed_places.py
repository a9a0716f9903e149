"""Tests of positions, explanations and the inspector with a ranker that makes a ranked list."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from recommendations.explain.explanation import explanation_of
from recommendations.explain.position import position_of
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranked_list import Attribution, RankedItem, RankedList
from recommendations.feed.ranking import HEURISTIC, HYBRID, POPULAR, Feed, candidates_for, feed_for
from recommendations.feed.viewer import Filters, viewer_of
from recommendations.hybrid.cache import cache_list
from recommendations.inspection import Asked, inspection_of
from users.models import User

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
NO_FILTERS = Filters()

pytestmark = pytest.mark.django_db


def list_for(viewer, filters):
    """What is in the interests, and every third event; the later ones first."""
    events = [
        event
        for event in candidates_for(viewer, filters).order_by("-pk")
        if event.category in viewer.interests or event.pk % 3 == 0
    ]
    parts = (Attribution("people", 2.0, 0.25),)
    listing = RankedList.of(
        f"test-{'-'.join(viewer.interests)}", tuple(RankedItem(event.pk, 1 / event.pk, parts) for event in events)
    )
    cache_list(listing, viewer.user)
    return listing


LISTED = replace(HYBRID, list_for=list_for)


@pytest.fixture
def events():
    made = [
        EventFactory(category=["music", "food", None][place % 3], start_at=NOW + timedelta(days=1 + place % 4))
        for place in range(60)
    ]
    for place, event in enumerate(made):
        InteractionFactory.create_batch(place % 3, event=event)
    return made


def test_places_are_those_of_the_feed(ana, events):
    InteractionFactory(user=ana, event=events[0], action="DISMISS")
    feed = feed_for(viewer_of(ana, NOW), LISTED, NO_FILTERS)
    events = list(whole_feed(feed))

    places = [position_of(event, feed) for event in events]

    assert (feed.ranker, len(events), places) == (LISTED, 59, list(range(1, 60)))


def test_event_is_explained_with_what_the_feed_says(ana, events):
    viewer = viewer_of(ana, NOW)
    for place, event in enumerate(whole_feed(feed_for(viewer, LISTED, NO_FILTERS)), start=1):
        explanation = explanation_of(event.pk, viewer, LISTED, NO_FILTERS)

        signals = [reason["signal"] for reason in explanation.reasons]
        personal = ["people", "score"] if event.ranked_item else []
        interest = ["interest"] if event.category == "music" else []
        assert (explanation.position, signals) == (place, [*personal, *interest, "popularity", "start"])


def test_interest_that_is_named_brings_it_where_it_says(ana):
    viewer = viewer_of(ana, NOW)
    for event in EventFactory.create_batch(30, category="music", start_at=NOW + timedelta(days=1)):
        InteractionFactory(event=event)
    # The newest, so the first of all that is listed; not of the third part, so not listed without the interest.
    food = EventFactory(pk=10**9, category="food", start_at=NOW + timedelta(days=9))

    explanation = explanation_of(food.pk, viewer, LISTED, NO_FILTERS)

    assert (explanation.position, [(step.kind, step.value) for step in explanation.change.steps]) == (
        31,
        [("interest", "food")],
    )
    assert explanation.change.position == 1
    User.objects.filter(pk=ana.pk).update(interests=["music", "food"])
    after = feed_for(viewer_of(User.objects.get(pk=ana.pk), NOW), LISTED, NO_FILTERS)
    assert next(whole_feed(after)).pk == food.pk


def test_what_only_a_write_would_tell_is_not_considered(ana, events):
    InteractionFactory(user=ana, event=events[-1], action="DISMISS")

    explanation = explanation_of(events[-1].pk, viewer_of(ana, NOW), LISTED, NO_FILTERS)

    assert ([rule.name for rule in explanation.failed], explanation.change) == (["dismissed"], None)


def test_who_turned_personal_ranking_off_is_explained_the_popular_feed(ana, events):
    ana.personal_ranking = False
    ana.save()
    viewer = viewer_of(ana, NOW)
    feed = [event.pk for event in whole_feed(Feed(viewer, POPULAR))]

    explained = [explanation_of(feed[25], viewer, ranker, NO_FILTERS) for ranker in (HEURISTIC, LISTED)]

    assert [(each.ranker, each.position) for each in explained] == [(POPULAR, 26)] * 2
    assert explained[0].change == explained[1].change
    (step,) = explained[0].change.steps
    InteractionFactory.create_batch(step.value, event_id=feed[25])
    after = [event.pk for event in whole_feed(Feed(viewer, POPULAR))]
    assert (step.kind, after.index(feed[25]) + 1) == ("interactions", explained[0].change.position)


def test_inspector_goes_on_in_the_order_that_it_began_with(ana, events):
    viewer = viewer_of(ana, NOW)
    feed = [event.pk for event in whole_feed(feed_for(viewer, LISTED, NO_FILTERS))]
    other = [event.pk for event in whole_feed(Feed(viewer, HEURISTIC))]
    asked, cursor, rows = Asked(viewer, LISTED, HEURISTIC, NO_FILTERS), None, []

    while True:
        inspection = inspection_of(asked, limit=25, cursor=cursor)
        rows += inspection.columns[0].rows
        cursor = inspection.cursor
        if cursor is None:
            break

    assert [(row.place, row.event.pk, row.elsewhere) for row in rows] == [
        (place, key, other.index(key) + 1) for place, key in enumerate(feed, start=1)
    ]
    values = {criterion.name: value for criterion, value in rows[0].values}
    assert values["ranked_item"] == RankedItem(feed[0], 1 / feed[0], (Attribution("people", 2.0, 0.25),))
