"""Tests of events that are made, changed and deleted over HTTP."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection

from events.models import Event, Price
from events.tests.factories import EventFactory, OrganiserFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
# What an event is to somebody without a home who did nothing with it.
OF_NOBODY = {"distanceKm": None, "viewer": {"saved": False, "applied": False, "dismissed": False}}
START = {"title": "Jazz night", "startAt": "2026-05-01T21:30:00+02:00"}

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor(django_user_model):
    user = django_user_model.objects.create_user("editor")
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="events", content_type__model="event"))
    return user


@pytest.fixture
def client(api_of, editor):
    return api_of(editor)


def test_made_event_has_what_was_sent(client):
    organiser = OrganiserFactory(name="Club")
    sent = {
        "title": "Jazz night", "description": "Trio.\nDoors at seven.", "type": "GIG", "status": "IN_PROGRESS",
        "category": "Music", "tags": ["jazz", "trio"], "organiserId": organiser.pk, "locationName": "Cellar",
        "latitude": 1, "longitude": -2.5, "url": "https://example.org/jazz", "startAt": "2026-05-01T21:30:00+02:00",
        "endAt": "2026-05-01T20:30:00Z", "series": "Jazz on Fridays", "address": "Rua Nova 3, 1200 Lisboa",
        "timeZone": "Europe/Lisbon", "attendance": "MIXED", "price": {"min": 5, "max": 12.5, "currency": "EUR"},
        "language": "pt-PT", "minimumAge": 18,
    }  # fmt: skip

    answer = client.post("/events", sent)

    expected = {
        **sent, "id": Event.objects.get().pk, "category": "music", "organiser": {"id": organiser.pk, "name": "Club"},
        "latitude": 1.0, "startAt": "2026-05-01T19:30:00Z", "interactionCount": 0, "isFree": False, **OF_NOBODY,
    }  # fmt: skip
    del expected["organiserId"]
    assert (answer.status_code, answer.json()) == (201, expected)
    assert client.get(f"/events/{expected['id']}").json() == expected


def test_title_and_start_are_enough(client):
    body = client.post("/events", START).json()

    assert {**body, "id": 0} == {
        "id": 0, "title": "Jazz night", "description": "", "type": "EVENT", "status": "OPEN", "category": None, "tags": [],
        "organiser": None, "locationName": "", "latitude": None, "longitude": None, "url": None, "series": None,
        "startAt": "2026-05-01T19:30:00Z", "endAt": None, "interactionCount": 0, "address": "", "timeZone": None, "attendance": None, "price": None,
        "isFree": None, "language": None, "minimumAge": None, **OF_NOBODY,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "price", "free"),
    [
        ({"max": 0}, {"min": None, "max": 0, "currency": None}, True),
        ({"min": 0, "max": 0, "currency": "eur"}, {"min": 0, "max": 0, "currency": "EUR"}, True),
        ({"min": 7, "currency": "JPY"}, {"min": 7, "max": None, "currency": "JPY"}, False),
        ({"min": 0}, {"min": 0, "max": None, "currency": None}, None),
        ({"min": 0, "max": 9_999_999_999.99, "currency": "IRR"}, {"min": 0, "max": 9_999_999_999.99, "currency": "IRR"}, False),
        (None, None, None),
    ],
)  # fmt: skip
def test_price_takes_the_place_of_the_one_before(client, sent, price, free):
    event = EventFactory(price_min=3, price_max=4, currency="GBP")

    answer = client.patch(f"/events/{event.pk}", {"price": sent})

    assert (answer.status_code, answer.json()["price"], answer.json()["isFree"]) == (200, price, free)


def test_codes_are_taken_in_any_case(client):
    sent = {"timeZone": "america/new_york", "language": "ZH-hant-tw", "price": {"max": 1, "currency": "usd"}}

    body = client.post("/events", START | sent).json()

    assert (body["timeZone"], body["language"], body["price"]["currency"]) == ("America/New_York", "zh-Hant-TW", "USD")


@pytest.mark.parametrize(
    ("sent", "errors"),
    [
        ({"price": {"min": -1, "currency": "EUR"}}, {"price.min": ["A price is never negative. Write 0 if it is free."]}),
        ({"price": {"min": 3, "max": 2, "currency": "EUR"}}, {"price.max": ["The highest price must not be below the lowest."]}),
        ({"price": {"max": 2}}, {"price.currency": ["Give the currency of a price above 0, like EUR."]}),
        ({"price": {}}, {"price.max": ["Give min, max or both; null as price if nothing is known."]}),
        ({"price": {"currency": "EUR"}}, {"price.max": ["Give min, max or both; null as price if nothing is known."]}),
        ({"price": {"max": 2, "currency": "XYZ"}},
            {"price.currency": ["Write a currency's code of ISO 4217, like EUR, GBP or USD."]}),
        ({"price": {"max": "2", "currency": "EUR"}}, {"price.max": ["Write a price as a JSON number, like 12.5."]}),
        ({"price": {"max": True, "currency": "EUR"}}, {"price.max": ["Write a price as a JSON number, like 12.5."]}),
        ({"price": {"max": 1.005, "currency": "EUR"}}, {"price.max": ["Ensure that there are no more than 2 decimal places."]}),
        ({"price": {"max": 10**10, "currency": "EUR"}},
            {"price.max": ["Ensure that there are no more than 10 digits before the decimal point."]}),
        ({"price": {"max": 0, "amount": 0}}, {"price.amount": ["Unknown. Known are: min, max, currency."]}),
        ({"timeZone": "Europe/Lissabon"},
            {"timeZone": ["Write a time zone's name of the IANA database, like Europe/Lisbon or America/New_York."]}),
        ({"timeZone": "localtime"},
            {"timeZone": ["Write a time zone's name of the IANA database, like Europe/Lisbon or America/New_York."]}),
        ({"language": "Portuguese"}, {"language": ["Write a language's code, like en, pt or pt-BR (ISO 639, BCP 47)."]}),
        ({"minimumAge": -1}, {"minimumAge": ["Ensure this value is greater than or equal to 0."]}),
        ({"minimumAge": 121}, {"minimumAge": ["Ensure this value is less than or equal to 120."]}),
        ({"attendance": "online"}, {"attendance": ["Choose one of: IN_PERSON, ONLINE, MIXED."]}),
        ({"address": "a\nb"}, {"address": ["Write this in one line, without tabs."]}),
        ({"isFree": True}, {"isFree": ["Unknown. Known are: "]}),
    ],
)  # fmt: skip
def test_bad_fact_is_refused_with_what_to_do(client, sent, errors):
    event = EventFactory(price_min=3, price_max=4, currency="GBP", time_zone="Europe/London")

    answers = [client.post("/events", START | sent), client.patch(f"/events/{event.pk}", sent)]

    assert [answer.status_code for answer in answers] == [400, 400]
    for answer in answers:
        said = answer.json()["errors"]
        assert {name: [text.partition("title")[0] for text in texts] for name, texts in said.items()} == errors
    assert list(Event.objects.values()) == [Event.objects.filter(pk=event.pk).values().get()]
    assert Event.objects.get().price == Price(3.0, 4.0, "GBP")


def test_change_touches_what_is_sent_only(client):
    event = EventFactory(title="Jazz night", description="Trio.", start_at=NOW, end_at=NOW + timedelta(hours=2))
    before = client.get(f"/events/{event.pk}").json()

    answer = client.patch(f"/events/{event.pk}", {"title": "Jazz", "endAt": None})

    assert (answer.status_code, answer.json()) == (200, {**before, "title": "Jazz", "endAt": None})


def test_change_of_nothing_changes_nothing(client):
    event = EventFactory()
    before = client.get(f"/events/{event.pk}").json()

    answer = client.patch(f"/events/{event.pk}", {})

    assert (answer.status_code, answer.json()) == (200, before)


def test_deleted_event_is_gone_with_its_interactions(client, editor):
    event, other = EventFactory(), EventFactory()
    for one in (event, other):
        one.interactions.create(user=editor, action="VIEW")

    assert client.delete(f"/events/{event.pk}").status_code == 204
    assert client.delete(f"/events/{event.pk}").status_code == 404
    assert list(Event.objects.values_list("pk", "interactions__event_id", "tally__interaction_count")) == [
        (other.pk, other.pk, 1)
    ]


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({"title": "x"}, ["startAt"]), ({"startAt": "2026-05-01T12:00:00Z"}, ["title"]), ({**START, "title": " "}, ["title"]),
        ({**START, "title": "a\nb"}, ["title"]), ({**START, "title": "a\u202eb"}, ["title"]), ({**START, "title": "a" * 201}, ["title"]),
        ({**START, "title": "\u200b"}, ["title"]), ({**START, "locationName": "\u3164"}, ["locationName"]),
        ({**START, "tags": ["a\x9b"]}, ["tags.0"]), ({**START, "url": "https://me:secret@example.org/"}, ["url"]),
        ({**START, "title": 7}, ["title"]), ({**START, "description": "a" * 20_001}, ["description"]),
        ({**START, "description": "a\x00"}, ["description"]), ({**START, "type": "PARTY"}, ["type"]), ({**START, "status": None}, ["status"]),
        ({**START, "category": "knitting"}, ["category"]), ({**START, "tags": ["a"] * 31}, ["tags"]), ({**START, "tags": "a"}, ["tags"]),
        ({**START, "tags": ["a" * 101]}, ["tags.0"]), ({**START, "organiserId": 404_404}, ["organiserId"]),
        ({**START, "organiserId": "1"}, ["organiserId"]), ({**START, "latitude": 1}, ["longitude"]),
        ({**START, "latitude": 91, "longitude": 0}, ["latitude"]), ({**START, "latitude": True, "longitude": 0}, ["latitude"]),
        ({**START, "latitude": "1", "longitude": 0}, ["latitude"]), ({**START, "url": "javascript:alert(1)"}, ["url"]),
        ({**START, "url": "ftp://example.org/"}, ["url"]), ({**START, "endAt": START["startAt"]}, ["endAt"]),
        ({**START, "startAt": "2026-05-01T12:00:00"}, ["startAt"]), ({**START, "startAt": "2026-05-01"}, ["startAt"]),
        ({**START, "startAt": "9999-12-31T23:59:59-23:59"}, ["startAt"]), ({**START, "startAt": "0001-01-01T00:00:00+23:00"}, ["startAt"]),
        ({**START, "startAt": 1_777_000_000}, ["startAt"]), ({**START, "id": 1}, ["id"]), ({**START, "interactionCount": 9}, ["interactionCount"]),
    ],
)  # fmt: skip
def test_bad_event_is_named_and_not_made(client, sent, fields):
    answer = client.post("/events", sent)

    assert (answer.status_code, list(answer.json()["errors"])) == (400, fields)
    assert Event.objects.count() == 0


def test_change_must_fit_what_is_there(client):
    event = EventFactory(start_at=NOW, end_at=NOW + timedelta(hours=2), latitude=1, longitude=1)

    answers = [
        client.patch(f"/events/{event.pk}", sent)
        for sent in ({"startAt": "2026-05-02T12:00:00Z"}, {"latitude": None}, {"title": ""}, {"organiserId": 404_404})
    ]

    assert [list(answer.json()["errors"]) for answer in answers] == [
        ["endAt"],
        ["latitude"],
        ["title"],
        ["organiserId"],
    ]
    assert Event.objects.get() == event


@pytest.mark.parametrize("number", ["404404", "9" * 19])
def test_unknown_event_cannot_be_changed(client, number):
    assert client.patch(f"/events/{number}", {"title": "x"}).status_code == 404
    assert client.delete(f"/events/{number}").status_code == 404


@pytest.mark.parametrize("number", ["9" * 20, "9" * 5_000, "0x1", "1.0", "-1", "١"])
def test_what_is_no_id_is_no_address(client, number):
    assert client.get(f"/events/{number}").status_code == 404


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
@pytest.mark.parametrize(
    ("held", "allowed"), [("view", None), ("add", "post"), ("change", "patch"), ("delete", "delete")]
)
def test_each_write_needs_its_permission(api_of, django_user_model, method, held, allowed):
    user = django_user_model.objects.create_user("user")
    user.user_permissions.set(Permission.objects.filter(codename=f"{held}_event"))
    event = EventFactory()
    path = "/events" if method == "post" else f"/events/{event.pk}"

    status = getattr(api_of(user), method)(path, START).status_code

    assert status == ({"post": 201, "patch": 200, "delete": 204}[method] if method == allowed else 403)


@pytest.mark.django_db(transaction=True)
def test_start_and_end_that_are_changed_at_once_fit_each_other(api_of, editor):
    event = EventFactory(start_at=NOW, end_at=NOW + timedelta(hours=4))
    sent = ({"startAt": "2026-05-01T15:00:00Z"}, {"endAt": "2026-05-01T14:00:00Z"})
    together = threading.Barrier(2)
    statuses = []

    def change(what: dict[str, str]) -> None:
        together.wait()
        statuses.append(api_of(editor).patch(f"/events/{event.pk}", what).status_code)
        connection.close()

    threads = [threading.Thread(target=change, args=(what,)) for what in sent]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [200, 400]
