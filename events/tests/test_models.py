"""Tests of the rules that the database keeps about events, and of their querysets."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction

from events.codes import CURRENCIES, CURRENCY, TIME_ZONE, TIME_ZONE_MAX_LENGTH, time_zones
from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"title": ""}, "event_title_not_blank"),
        ({"title": " \t\n"}, "event_title_not_blank"),
        ({"description": "x" * 20_001}, "event_description_length"),
        ({"type": "PARTY"}, "event_type_known"),
        ({"status": "DRAFT"}, "event_status_known"),
        ({"tags": ["t"] * 31}, "event_tags_at_most_30"),
        ({"start_at": NOW, "end_at": NOW}, "event_ends_after_start"),
        ({"start_at": NOW, "end_at": NOW - timedelta(seconds=1)}, "event_ends_after_start"),
        ({"latitude": 1.0}, "event_coordinates_valid"),
        ({"longitude": 1.0}, "event_coordinates_valid"),
        ({"latitude": 90.1, "longitude": 0.0}, "event_coordinates_valid"),
        ({"latitude": 0.0, "longitude": -180.1}, "event_coordinates_valid"),
        ({"latitude": float("nan"), "longitude": 0.0}, "event_coordinates_valid"),
        ({"latitude": 0.0, "longitude": float("inf")}, "event_coordinates_valid"),
        ({"price_min": -1}, "event_prices_in_order"),
        ({"price_max": -1}, "event_prices_in_order"),
        ({"price_min": 2, "price_max": 1}, "event_prices_in_order"),
        ({"price_max": 1, "currency": None}, "event_price_has_currency"),
        ({"price_min": 1, "currency": None}, "event_price_has_currency"),
        ({"currency": "EUR"}, "event_price_has_currency"),
        ({"price_max": 1, "currency": "eur"}, "event_codes_canonical"),
        ({"language": "PT"}, "event_codes_canonical"),
        ({"time_zone": "Europe Lisbon"}, "event_codes_canonical"),
        ({"attendance": "online"}, "event_attendance_known"),
        ({"minimum_age": -1}, "event_minimum_age_in_range"),
        ({"minimum_age": 121}, "event_minimum_age_in_range"),
        ({"address": "a\x1bb"}, "event_address_valid_text"),
    ],
)
def test_database_refuses(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        EventFactory(**values)


def test_database_refuses_times_that_python_cannot_hold():
    event = EventFactory()

    with pytest.raises(IntegrityError, match="event_times_representable"), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("UPDATE events_event SET start_at = 'infinity' WHERE id = %s", [event.pk])


def test_database_refuses_a_blank_organiser():
    with pytest.raises(IntegrityError, match="organiser_name_not_blank"), transaction.atomic():
        OrganiserFactory(name="  ")


def test_limits_themselves_are_allowed():
    event = EventFactory(
        title="t" * 200, description="d" * 20_000, tags=["t"] * 30, latitude=-90.0, longitude=180.0,
        start_at=NOW, end_at=NOW + timedelta(microseconds=1), url="https://example.org/", external_id="x",
    )  # fmt: skip

    event.refresh_from_db()
    event.full_clean()
    assert (len(event.title), len(event.description), event.latitude, event.longitude) == (200, 20_000, -90.0, 180.0)


def test_forms_word_the_constraints():
    event = EventFactory.build(latitude=1.0, start_at=NOW, end_at=NOW)

    with pytest.raises(ValidationError) as caught:
        event.full_clean()

    assert caught.value.message_dict == {
        "__all__": [
            "The end must be after the start.",
            "Give latitude (-90 to 90) and longitude (-180 to 180), or neither.",
        ]
    }


@pytest.mark.parametrize(
    ("lowest", "highest", "free"),
    [
        (None, None, None),
        (None, 0, True),
        (0, 0, True),
        (0, None, None),
        (5, None, False),
        (0, 5, False),
        (None, 5, False),
    ],
)
def test_free_is_a_highest_price_of_0(lowest, highest, free):
    assert EventFactory(price_min=lowest, price_max=highest).is_free is free


def test_every_code_has_the_form_that_the_database_checks():
    for names, form in ((CURRENCIES, CURRENCY), (time_zones().values(), TIME_ZONE)):
        assert [name for name in names if not re.search(form, name)] == []
    assert max(map(len, time_zones().values())) <= TIME_ZONE_MAX_LENGTH
    EventFactory(time_zone="America/Argentina/ComodRivadavia", language="zh-Hant-TW", price_max=1).full_clean()
    EventFactory(time_zone="Etc/GMT+12", language="sr-Latn-419").full_clean()


def test_external_ids_are_unique_and_none_is_not_one():
    EventFactory(external_id=None)
    EventFactory(external_id=None)
    EventFactory(external_id="a")

    with pytest.raises(IntegrityError, match="external_id"), transaction.atomic():
        EventFactory(external_id="a")


def test_created_at_is_now_unless_given():
    given = EventFactory(created_at=NOW)
    default = EventFactory()

    assert given.created_at == NOW
    assert default.created_at > NOW


@pytest.mark.parametrize(
    "change",
    [
        {"time_zone": "Europe/Lisbon"}, {"address": "Rua Nova 3"}, {"attendance": "ONLINE"}, {"price_max": 0}, {"price_min": 0},
        {"price_max": 9, "currency": "EUR"}, {"language": "pt"}, {"minimum_age": 0},
    ],
)  # fmt: skip
def test_change_of_a_fact_counts_as_one(change):
    event = EventFactory()

    for _ in range(2):
        Event.objects.update(**change)

    event.refresh_from_db()
    assert (event.revision, event.revised_at is None) == (1, False)


def test_bookable_keeps_open_and_in_progress():
    events = {status: EventFactory(status=status) for status in Event.Status.values}

    assert set(Event.objects.bookable()) == {events["OPEN"], events["IN_PROGRESS"]}


def test_starting_after_is_strict():
    EventFactory(start_at=NOW)
    later = EventFactory(start_at=NOW + timedelta(microseconds=1))

    assert list(Event.objects.starting_after(NOW)) == [later]


def test_over_by_needs_the_end_or_a_day():
    ended = EventFactory(start_at=NOW - timedelta(hours=3), end_at=NOW)
    day_back = EventFactory(start_at=NOW - timedelta(days=1))
    EventFactory(start_at=NOW - timedelta(hours=23))
    EventFactory(start_at=NOW - timedelta(days=9), end_at=NOW + timedelta(days=1))

    assert set(Event.objects.over_by(NOW)) == {ended, day_back}


def test_matching_wants_every_word_in_any_order_and_case():
    both = EventFactory(title="Jazz at the Harbour", description="An open-air night.")
    EventFactory(title="Jazz at home")

    assert list(Event.objects.matching("harbour JAZZ")) == [both]
    assert list(Event.objects.matching("night jazz")) == [both]


def test_searched_finds_parts_of_titles_and_beginnings_of_words():
    title = EventFactory(title="Jazz at the Harbour")
    text = EventFactory(title="Food fair", description="Harbouring doubts")
    of_club = EventFactory(title="Quiz", organiser=OrganiserFactory())
    named = EventFactory(title="Run")
    EventFactory(title="Walk", description="Around the harbour")

    def searched(words, *, organisers=(), ids=()):
        return set(Event.objects.searched(words, organisers=organisers, ids=ids))

    assert searched("arbou a") == {title}
    assert searched("HARBOURI", organisers=[of_club.organiser_id], ids=[named.pk]) == {text, of_club, named}
    assert searched("zz") == set()
    # Too short for the index: only beginnings of words.
    assert searched("ar") == {Event.objects.get(title="Walk")}


def test_parts_of_titles_are_searched_by_the_indexes():
    with connection.cursor() as cursor:
        # An empty table is read faster without.
        cursor.execute("SET LOCAL enable_seqscan = off")

    plan = Event.objects.searched("dfab a", organisers=[1], ids=[1]).explain()

    assert [name for name in ("event_text", "event_title_trigrams") if f"Index Scan on {name}" not in plan] == []


def test_str_is_unique():
    event = EventFactory(title="Jazz night")

    assert str(event) == f"Jazz night (#{event.pk})"
    assert str(OrganiserFactory(name="Club", pk=12)) == "Club (#12)"
