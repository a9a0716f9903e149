"""Tests of the explanation over HTTP: its form, its parameters, its statements."""

from datetime import timedelta

import pytest
from django.db import connection
from knox.models import AuthToken

from events.models import Event
from events.tests.factories import EventFactory
from interactions.models import Interaction
from interactions.tests.factories import InteractionFactory
from recommendations.tests.worlds import NOW
from users.tests.factories import UserFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still_clock")]


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


def crowd(number, **values):
    """Events that come before others, each by one interaction."""
    for event in EventFactory.create_batch(
        number, **{"category": "music", "start_at": NOW + timedelta(days=2), **values}
    ):
        InteractionFactory(event=event)


def test_event_on_the_first_page_needs_no_change(client):
    event = EventFactory(category="music", start_at=NOW + timedelta(days=1))

    answer = client.get(f"/recommendations/{event.pk}/explanation")

    [served] = client.get("/recommendations").json()["results"]
    assert answer.json() == {**served, "ranker": "heuristic", "excludedBy": [], "place": 1, "change": None}


def test_event_further_back_gets_its_place_reasons_and_change(client):
    crowd(25)
    event = EventFactory(category="food", start_at=NOW + timedelta(days=1))

    answer = client.get(f"/recommendations/{event.pk}/explanation").json()

    served = client.get("/recommendations?limit=100").json()["results"]
    assert answer == {
        **served[25],
        "ranker": "heuristic",
        "excludedBy": [],
        "place": 26,
        "change": {
            "text": "with `food` among the interests and with 1 more interaction",
            "place": 1,
            "steps": [
                {"kind": "interest", "text": "with `food` among the interests", "category": "food"},
                {"kind": "interactions", "text": "with 1 more interaction", "interactions": 1},
            ],
        },
    }


def test_every_rule_is_named_and_repaired(client, ana):
    event = EventFactory(status="CANCELLED", category="food", start_at=NOW - timedelta(hours=1))
    InteractionFactory.create_batch(2, event=event, user=ana, action="DISMISS", created_at=NOW)

    answer = client.get(f"/recommendations/{event.pk}/explanation?type=GIG&category=music&ranker=upcoming").json()

    assert {name: answer[name] for name in ("ranker", "place", "reasons")} == {
        "ranker": "upcoming", "place": None, "reasons": [],
    }  # fmt: skip
    assert answer["excludedBy"] == [
        {"rule": "status", "text": "its status is CANCELLED, not OPEN or IN_PROGRESS"},
        {"rule": "start", "text": "it started at 2026-05-01 11:00 UTC, not after 2026-05-01 12:00 UTC"},
        {"rule": "dismissed", "text": "ana dismissed it at 2026-05-01 12:00 UTC"},
        {"rule": "type", "text": "its type is EVENT, and only GIG is asked for"},
        {"rule": "category", "text": "its category is food, and only music is asked for"},
    ]
    assert answer["change"]["place"] == 1
    assert [{name: step[name] for name in step if name != "text"} for step in answer["change"]["steps"]] == [
        {"kind": "status", "status": "OPEN"},
        {"kind": "clock", "at": "2026-05-01T10:59:59Z"},
        {"kind": "dismissal", "dismissals": 2},
        {"kind": "filter", "parameter": "type"},
        {"kind": "filter", "parameter": "category"},
    ]


def test_no_change_is_named_where_none_does(client):
    crowd(25)
    event = EventFactory(start_at=NOW + timedelta(days=1))

    answer = client.get(f"/recommendations/{event.pk}/explanation").json()

    assert (answer["place"], answer["change"]) == (26, None)


def test_dismissals_of_others_do_not_exclude(client):
    event = EventFactory()
    InteractionFactory(event=event, action="DISMISS")

    assert client.get(f"/recommendations/{event.pk}/explanation").json()["excludedBy"] == []


@pytest.mark.parametrize("event_id", [1, 2**63 - 1, 10**18, "9" * 19, "x", "-1", "1.0", "9" * 20])
def test_unknown_event_is_a_404(client, event_id):
    assert client.get(f"/recommendations/{event_id}/explanation").status_code == 404


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("ranker=best", "ranker"), ("ranker=", "ranker"), ("type=gig", "type"), ("category=knitting", "category"),
        ("limit=1", "limit"), ("user=1", "user"), ("ranker=popular&ranker=popular", "ranker"),
    ],
)  # fmt: skip
def test_bad_parameters_are_named(client, query, field):
    answer = client.get(f"/recommendations/{EventFactory().pk}/explanation?{query}")

    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])


def test_asking_in_a_loop_is_refused(client, settings):
    settings.EXPLANATIONS_PER_MINUTE = 2
    address = f"/recommendations/{EventFactory().pk}/explanation"

    assert [client.get(address).status_code for _ in range(3)] == [200, 200, 429]


@pytest.mark.django_db(transaction=True)
def test_nothing_is_written(api_of, settings):
    settings.EXPLANATIONS_PER_MINUTE = 0
    ana = UserFactory(interests=["music"])
    crowd(25)
    event = EventFactory(status="CANCELLED", category="food")
    InteractionFactory(user=ana, event=event, action="DISMISS")
    written = Interaction.objects.count()
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = on")
        try:
            answer = api_of(ana).get(f"/recommendations/{event.pk}/explanation")
        finally:
            cursor.execute("RESET default_transaction_read_only")
    assert answer.json()["change"]["place"] == 1
    assert (Interaction.objects.count(), Event.objects.get(pk=event.pk).status) == (written, "CANCELLED")


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_queries(ana, api_by_token, django_assert_num_queries, rows):
    crowd(rows)
    event = EventFactory(category="food")
    client = api_by_token(AuthToken.objects.create(ana)[1])

    # The token with its user, the rate limit, the event, a dismissal, a mute of its category, the number ahead.
    asked = 6
    # Where it is not on the first page: that page, and the same with the interest.
    asked += 0 if rows < 20 else 2
    with django_assert_num_queries(asked):
        assert client.get(f"/recommendations/{event.pk}/explanation").status_code == 200
