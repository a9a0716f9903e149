"""Tests of GET /events/suggestions: what people may be about to write."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events.tests.factories import EventFactory, OrganiserFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def client(api_of):
    return api_of(UserFactory())


def suggested(client, q, **parameters):
    answer = client.get("/events/suggestions", {"q": q, **parameters})
    assert answer.status_code == 200, answer.content
    return [(each["kind"], each["text"]) for each in answer.json()["results"]]


def test_every_kind_is_suggested_those_that_begin_with_it_first(client):
    EventFactory(title="Café concert: music for all", location_name="The Music Hall", tags=["chamber music", "free"])
    EventFactory(title="Musical chairs", organiser=OrganiserFactory(name="Musicians' Union"))

    assert suggested(client, "mus") == [
        ("category", "Music"),
        ("organiser", "Musicians' Union"),
        ("title", "Musical chairs"),
        ("venue", "The Music Hall"),
        ("tag", "chamber music"),
        ("title", "Café concert: music for all"),
    ]
    assert suggested(client, "CAFE con") == [("title", "Café concert: music for all")]
    assert suggested(client, "music hall") == [("venue", "The Music Hall")]


def test_each_text_comes_once_and_at_most_eight_do(client):
    EventFactory.create_batch(3, title="Jazz night", tags=["jazz"], location_name="Jazz Cellar")
    for number in range(9):
        EventFactory(
            title=f"Jazz {number}", organiser=OrganiserFactory(name=f"Jazz Club {number}"), tags=[f"jazz {number}"]
        )

    results = suggested(client, "jazz")

    assert len(results) == len(set(results)) == 8
    assert {kind for kind, _ in results} == {"organiser", "venue", "tag", "title"}


def test_what_nobody_can_go_to_is_not_suggested(client):
    EventFactory(title="Jazz past", start_at=timezone.now() - timedelta(days=1))
    EventFactory(title="Jazz cancelled", status="CANCELLED")

    assert suggested(client, "jazz") == []


def test_filters_apply(client):
    EventFactory(title="Jazz night")
    EventFactory(title="Jazz gig", type="GIG")

    assert suggested(client, "jazz", type="GIG") == [("title", "Jazz gig")]


def test_one_letter_is_too_little(client):
    EventFactory(title="Jazz")

    assert suggested(client, "j") == suggested(client, "?!") == []


@pytest.mark.parametrize("query", ["", "q=", "q=a&limit=3", "q=a&type=PARTY"])
def test_wrong_parameters_are_refused(client, query):
    assert client.get(f"/events/suggestions?{query}").status_code == 400


def test_visitors_get_them_where_browsing_is_public(api_of, settings):
    EventFactory(title="Jazz")
    settings.PUBLIC_BROWSING = True
    assert suggested(api_of(), "jazz") == [("title", "Jazz")]

    settings.PUBLIC_BROWSING = False
    assert api_of().get("/events/suggestions?q=jazz").status_code == 401
