"""Tests of the events over HTTP."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana(django_user_model):
    return django_user_model.objects.create_user("ana")


@pytest.fixture
def client(api_of, ana):
    return api_of(ana)


def test_event_has_every_field_of_the_contract(client, ana):
    event = EventFactory(
        title="Jazz night", description="Trio.", type="GIG", category="music", tags=["jazz"], url="https://example.org",
        organiser=OrganiserFactory(name="Club"), location_name="Cellar", latitude=1.5, longitude=-2.5,
        start_at=NOW, end_at=NOW + timedelta(hours=2), address="Rua Nova 3", time_zone="Europe/Lisbon", attendance="MIXED",
        price_min=Decimal("5"), price_max=Decimal("12.50"), currency="EUR", language="pt", minimum_age=16,
    )  # fmt: skip
    for _ in range(3):
        event.interactions.create(user=ana, action="VIEW")

    answer = client.get(f"/events/{event.pk}")

    assert answer.status_code == 200
    assert answer.json() == {
        "id": event.pk,
        "title": "Jazz night",
        "description": "Trio.",
        "type": "GIG",
        "status": "OPEN",
        "category": "music",
        "tags": ["jazz"],
        "organiser": {"id": event.organiser.pk, "name": "Club"},
        "locationName": "Cellar",
        "address": "Rua Nova 3",
        "latitude": 1.5,
        "longitude": -2.5,
        "url": "https://example.org",
        "startAt": "2026-05-01T12:00:00Z",
        "endAt": "2026-05-01T14:00:00Z",
        "timeZone": "Europe/Lisbon",
        "attendance": "MIXED",
        "price": {"min": 5.0, "max": 12.5, "currency": "EUR"},
        "isFree": False,
        "language": "pt",
        "minimumAge": 16,
        "series": None,
        "interactionCount": 3,
        "distanceKm": None,
        "viewer": {"saved": False, "applied": False, "dismissed": False},
    }


def test_list_is_by_start_then_id_whatever_the_status(client):
    late = EventFactory(start_at=NOW + timedelta(days=1), status=Event.Status.CANCELLED)
    early = EventFactory(start_at=NOW, status=Event.Status.COMPLETED)
    same = EventFactory(start_at=NOW)

    answer = client.get("/events")

    assert [event["id"] for event in answer.json()["results"]] == [early.pk, same.pk, late.pk]
    assert answer.json()["next"] is None


def test_pages_cover_everything_once(client):
    events = [EventFactory(start_at=NOW + timedelta(days=number // 3)) for number in range(10)]

    seen, address = [], "/events?limit=4"
    while address:
        page = client.get(address).json()
        seen.append([event["id"] for event in page["results"]])
        address = page["next"]

    assert seen == [[event.pk for event in events[at : at + 4]] for at in (0, 4, 8)]


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("type=GIG", ["gig"]),
        ("category=Music", ["music"]),
        ("status=CANCELLED", ["cancelled"]),
        ("q=MUSIC", ["music"]),
        ("q=nothing", []),
    ],
)
def test_filters(client, query, titles):
    EventFactory(title="gig", type="GIG")
    EventFactory(title="music", category="music")
    EventFactory(title="cancelled", status="CANCELLED")

    assert [event["title"] for event in client.get(f"/events?{query}").json()["results"]] == titles


def test_events_are_listed_by_ids_each_once(client):
    first, _, third = EventFactory.create_batch(3)

    answer = client.get(f"/events?ids={third.pk},{first.pk},{third.pk},999999999")

    assert [event["id"] for event in answer.json()["results"]] == [first.pk, third.pk]


def test_pages_of_what_starts_after_a_moment_keep_to_it(client):
    EventFactory(start_at=NOW)
    later = [EventFactory(start_at=NOW + timedelta(hours=1 + number)) for number in range(3)]
    ids = ",".join(str(event.pk) for event in later)

    page = client.get(f"/events?startsAfter=2026-05-01T14:00:00%2B02:00&ids={ids}&limit=2").json()
    rest = client.get(page["next"]).json()

    assert [event["id"] for event in page["results"]] == [later[0].pk, later[1].pk]
    assert [event["id"] for event in rest["results"]] == [later[2].pk]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"), ("limit=101", "limit"), ("limit=x", "limit"), ("limit=1.0", "limit"), ("limit=", "limit"),
        ("limit=2&limit=3", "limit"), ("cursor=garbage", "cursor"), ("type=event", "type"), ("category=knitting", "category"),
        ("status=DRAFT", "status"), ("page=2", "page"), ("q=", "q"),
        ("ids=1,", "ids"), ("ids=0", "ids"), ("ids=1,2,x", "ids"), ("ids=" + ",".join(["1"] * 101), "ids"), ("startsAfter=2026-05-01", "startsAfter"),
    ],
)  # fmt: skip
def test_bad_parameters_are_named(client, query, field):
    answer = client.get(f"/events?{query}")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert list(answer.json()["errors"]) == [field]


def test_cursor_of_other_filters_is_refused(client):
    EventFactory.create_batch(3, category="music")
    cursor = client.get("/events?limit=1").json()["next"].split("cursor=")[1]

    assert client.get(f"/events?limit=1&cursor={cursor}").status_code == 200
    assert client.get(f"/events?limit=1&category=music&cursor={cursor}").status_code == 400


@pytest.mark.parametrize("path", ["/events/0", "/events/999999999999999999999999", "/events/abc", "/events/-1"])
def test_unknown_event_is_a_404(client, path):
    assert (client.get(path).status_code, client.get(path).json()["status"]) == (404, 404)


def test_nobody_is_asked_to_sign_in_without_public_browsing(api_of, settings):
    settings.PUBLIC_BROWSING = False
    answer = api_of().get("/events")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_list_cannot_be_changed_as_a_whole(client, method):
    answer = getattr(client, method)("/events", {})

    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")


def test_categories_are_the_vocabulary(client):
    answer = client.get("/categories").json()

    assert answer["results"][0] == {"name": "music", "title": "Music"}
    assert len(answer["results"]) == 16


@pytest.mark.parametrize("rows", [1, 3, 100])
def test_queries(client, django_assert_num_queries, rows):
    event, *_ = [EventFactory(organiser=OrganiserFactory()) for _ in range(rows)]

    with django_assert_num_queries(1):  # events with counts and organisers
        client.get("/events?limit=100")
    with django_assert_num_queries(1):  # the event with its count and organiser
        client.get(f"/events/{event.pk}")
    with django_assert_num_queries(0):
        client.get("/categories")
