"""Tests of loading and re-dating the demo data again."""

from datetime import UTC, datetime, timedelta

import pytest

from events.models import Event
from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from recommendations.demo.loading import (
    DEMO_USER,
    DemoReport,
    load_demo,
)
from recommendations.demo.programme import in_week
from recommendations.tests.demo_rows import LATER, LOADED, NOW, WEEK, all_rows, empty
from users.models import User

pytestmark = pytest.mark.django_db
_FACTS = ("address", "time_zone", "attendance", "price_min", "price_max", "currency", "language", "minimum_age")


@pytest.mark.parametrize("pause", [timedelta(0), timedelta(days=1), timedelta(weeks=5)])
def test_second_run_while_events_are_ahead_changes_nothing(pause):
    load_demo(NOW)
    before = all_rows()

    report = load_demo(NOW + pause)

    assert report == DemoReport()
    assert all_rows() == before


def test_second_run_gives_facts_to_events_of_an_earlier_release_and_to_no_others():
    load_demo(NOW)
    fresh = facts()
    nothing = dict.fromkeys(_FACTS) | {"address": ""}
    Event.objects.update(**nothing)
    other = EventFactory(external_id="demo-like-but-not")
    edited = Event.objects.filter(external_id__startswith="demo-").earliest("pk")
    Event.objects.filter(pk=edited.pk).update(title="Ours", time_zone="Europe/Paris")

    report = load_demo(NOW)

    assert report == DemoReport(completed=LOADED.events - 1)
    left = {other.external_id: nothing, edited.external_id: nothing | {"time_zone": "Europe/Paris"}}
    assert facts() == fresh | left
    assert load_demo(NOW) == DemoReport()


def test_facts_are_credible():
    load_demo(NOW)

    events = Event.objects.filter(type="EVENT")
    assert {*Event.objects.values_list("time_zone", flat=True)} == {"Europe/London"}
    assert 0.2 < events.filter(price_max=0).count() / events.count() < 0.5
    assert 0 < events.filter(price_max=None).count() < events.filter(price_max__gt=0).count()
    assert not Event.objects.filter(type="GIG", price_max__gt=0).exists()
    assert not Event.objects.filter(tags__contains=["free"], type="EVENT").exclude(price_max=0).exists()
    assert {*Event.objects.filter(price_max__gt=0).values_list("currency", flat=True)} == {"GBP"}
    assert {*Event.objects.filter(location_name="Online").values_list("attendance", "address")} == {("ONLINE", "")}
    assert not Event.objects.exclude(location_name="Online").filter(address="").exists()
    assert {"MIXED", "IN_PERSON", "ONLINE"} == {*Event.objects.values_list("attendance", flat=True)}
    assert {0, 7, 8, 16, 18} <= {*events.values_list("minimum_age", flat=True)}


def facts():
    return {row.pop("external_id"): row for row in Event.objects.values("external_id", *_FACTS)}


def test_second_run_brings_back_nothing_that_was_deleted():
    load_demo(NOW)
    User.objects.filter(username=DEMO_USER).delete()
    Event.objects.filter(type="GIG").delete()
    before = all_rows()

    report = load_demo(NOW)

    assert report == DemoReport()
    assert all_rows() == before


def test_events_are_redated_only_when_the_last_has_started():
    load_demo(NOW)
    last_start = Event.objects.order_by("-start_at", "pk")[0].start_at

    just_before = load_demo(last_start - timedelta(microseconds=1))
    at_its_start = load_demo(last_start)

    assert just_before == DemoReport()
    assert at_its_start == DemoReport(redated=LOADED.events)


def test_redated_events_are_those_of_a_fresh_load():
    load_demo(LATER)
    fresh = {event.external_id: (event.status, event.start_at, event.end_at) for event in Event.objects.all()}
    empty()
    load_demo(NOW)
    Event.objects.bookable().update(status="COMPLETED")

    report = load_demo(LATER)

    redated = {event.external_id: (event.status, event.start_at, event.end_at) for event in Event.objects.all()}
    assert report == DemoReport(redated=LOADED.events)
    assert redated == fresh


def test_redating_keeps_weekday_hour_and_length():
    load_demo(NOW)
    before = {event.pk: event for event in Event.objects.all()}

    load_demo(LATER)

    for event in Event.objects.all():
        was = before[event.pk]
        assert (event.start_at - was.start_at) % WEEK == timedelta(0)
        assert event.start_at - was.start_at >= 12 * WEEK
        assert (event.end_at and event.end_at - event.start_at) == (was.end_at and was.end_at - was.start_at)


def test_redating_touches_start_end_and_status_of_demo_events_only():
    other = EventFactory(start_at=NOW + WEEK, external_id="demo-like-but-not")
    InteractionFactory(event=other)
    load_demo(NOW)
    before = all_rows()

    load_demo(LATER)

    after = all_rows()
    assert {name: after[name] for name in ("User", "Organiser", "Interaction")} == {
        name: before[name] for name in ("User", "Organiser", "Interaction")
    }
    moved = dict.fromkeys(("start_at", "end_at", "status", "revision", "revised_at"))
    assert [row | moved for row in after["Event"]] == [row | moved for row in before["Event"]]
    assert [row for row in after["Event"] if row["id"] == other.pk] == [
        row for row in before["Event"] if row["id"] == other.pk
    ]
    assert [(row["event_id"], row["interaction_count"]) for row in after["Tally"]] == [
        (row["event_id"], row["interaction_count"]) for row in before["Tally"]
    ]


def test_somebody_elses_upcoming_event_does_not_hinder_redating():
    load_demo(NOW)
    EventFactory(start_at=LATER + WEEK)

    report = load_demo(LATER)

    assert report == DemoReport(redated=LOADED.events)


def test_redating_keeps_a_start_that_was_edited_to_another_hour_and_a_missing_end():
    load_demo(NOW)
    edited = Event.objects.get(title="Sourdough from Scratch", status="OPEN")
    edited_start = edited.start_at + timedelta(days=1, minutes=7)
    Event.objects.filter(pk=edited.pk).update(start_at=edited_start, end_at=None)

    load_demo(LATER)

    edited.refresh_from_db()
    assert edited.start_at > LATER
    assert (edited.start_at - edited_start) % WEEK == timedelta(0)
    assert edited.end_at is None


def test_redating_twice_changes_nothing_more():
    load_demo(NOW)
    load_demo(LATER)
    before = all_rows()

    report = load_demo(LATER + timedelta(hours=1))

    assert report == DemoReport()
    assert all_rows() == before


@pytest.mark.parametrize(
    ("week", "expected"), [(0, "2026-05-12"), (1, "2026-05-19"), (-1, "2026-05-05"), (-2, "2026-04-28")]
)
def test_in_week_is_after_now_and_at_most_a_week_later(week, expected):
    tuesday = datetime(2020, 1, 7, 20, tzinfo=UTC)
    now = datetime(2026, 5, 5, 20, tzinfo=UTC)

    start_at = in_week(tuesday, week, now)

    # Now is itself a Tuesday at eight: strictly after, so this very moment belongs to the week before.
    assert start_at == datetime.fromisoformat(f"{expected}T20:00+00:00")
