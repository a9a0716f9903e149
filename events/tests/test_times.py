"""Tests of when an event is, in words, across the clock changes of both places."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.tests.factories import EventFactory
from events.times import moment_in_words, place_of, span_in_words, start_in_words

LISBON, NEW_YORK, LONDON = ZoneInfo("Europe/Lisbon"), ZoneInfo("America/New_York"), ZoneInfo("Europe/London")


def starting(text, zone="Europe/Lisbon"):
    return EventFactory.build(start_at=datetime.fromisoformat(text).replace(tzinfo=UTC), time_zone=zone)


@pytest.mark.parametrize(
    ("start", "words"),
    [
        # Five hours apart, but four between the clock changes: from 8 to 29 March, and from 25 October to 1 November.
        ("2026-03-07T20:00", "Sat 7 Mar, 20:00 in Lisbon (15:00 your time)"),
        ("2026-03-08T06:59", "Sun 8 Mar, 06:59 in Lisbon (01:59 your time)"),
        ("2026-03-08T07:00", "Sun 8 Mar, 07:00 in Lisbon (03:00 your time)"),
        ("2026-03-28T20:00", "Sat 28 Mar, 20:00 in Lisbon (16:00 your time)"),
        ("2026-03-29T00:59", "Sun 29 Mar, 00:59 in Lisbon (Sat 28 Mar, 20:59 your time)"),
        ("2026-03-29T01:00", "Sun 29 Mar, 02:00 in Lisbon (Sat 28 Mar, 21:00 your time)"),
        ("2026-03-29T19:00", "Sun 29 Mar, 20:00 in Lisbon (15:00 your time)"),
        ("2026-10-24T19:00", "Sat 24 Oct, 20:00 in Lisbon (15:00 your time)"),
        ("2026-10-25T00:30", "Sun 25 Oct, 01:30 (UTC+1) in Lisbon (Sat 24 Oct, 20:30 your time)"),
        ("2026-10-25T01:30", "Sun 25 Oct, 01:30 (UTC+0) in Lisbon (Sat 24 Oct, 21:30 your time)"),
        ("2026-10-25T20:00", "Sun 25 Oct, 20:00 in Lisbon (16:00 your time)"),
        ("2026-11-01T05:30", "Sun 1 Nov, 05:30 in Lisbon (01:30 (UTC-4) your time)"),
        ("2026-11-01T06:30", "Sun 1 Nov, 06:30 in Lisbon (01:30 (UTC-5) your time)"),
        ("2026-11-01T20:00", "Sun 1 Nov, 20:00 in Lisbon (15:00 your time)"),
        ("2027-01-01T20:00", "Fri 1 Jan 2027, 20:00 in Lisbon (15:00 your time)"),
    ],
)
def test_event_in_lisbon_for_a_visitor_in_new_york(start, words):
    assert str(start_in_words(starting(start), datetime(2026, 1, 2, tzinfo=UTC), NEW_YORK)) == words


@pytest.mark.parametrize("start", ["2026-03-29T00:59", "2026-03-29T01:00", "2026-07-01T20:00", "2026-12-01T20:00"])
def test_visitor_whose_clock_shows_the_same_sees_one_time(start):
    time = start_in_words(starting(start), datetime(2026, 1, 1, tzinfo=UTC), LONDON)

    assert (time.place, time.yours, str(time)) == ("", "", time.own)


def test_days_are_those_of_the_place_and_of_the_visitor():
    event = starting("2026-05-02T00:30")
    words = [
        str(start_in_words(event, event.start_at - timedelta(days=days, hours=2), NEW_YORK)) for days in (0, 1, 3, 6)
    ]

    assert words == [
        "Tomorrow 01:30 in Lisbon (today 20:30 your time)",
        "Saturday 01:30 in Lisbon (tomorrow 20:30 your time)",
        "Saturday 01:30 in Lisbon (Friday 20:30 your time)",
        "Sat 2 May, 01:30 in Lisbon (Friday 20:30 your time)",
    ]


@pytest.mark.parametrize("zone", [None, "Mars/Olympus"])
def test_event_without_a_zone_is_shown_in_the_visitors(zone):
    event = starting("2026-05-01T20:00", zone)

    assert str(start_in_words(event, event.start_at, NEW_YORK)) == "Today 16:00"
    assert moment_in_words(event.start_at, event) == "Fri 1 May 2026, 20:00 UTC"


def test_moment_in_full():
    assert moment_in_words(datetime(2026, 5, 1, 19, 30, tzinfo=UTC), starting("2026-05-01T19:30")) == (
        "Fri 1 May 2026, 20:30 in Lisbon"
    )


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("America/Argentina/Buenos_Aires", "Buenos Aires"), ("America/New_York", "New York"), ("UTC", "UTC"), ("Etc/UTC", "UTC"),
        ("Etc/GMT+5", "GMT+5"), ("Japan", "Japan"),
    ],
)  # fmt: skip
def test_place_of_a_zone(name, place):
    assert place_of(ZoneInfo(name)) == place


def event_at(start, end=None, zone=None):
    return EventFactory.build(start_at=start, end_at=end, time_zone=zone)


@pytest.mark.parametrize(
    ("event", "zone", "texts"),
    [
        (
            event_at(datetime(2026, 7, 1, 20, tzinfo=UTC), datetime(2026, 7, 1, 22, 30, tzinfo=UTC), "Europe/Lisbon"),
            NEW_YORK,
            (
                "Wednesday 1 July 2026, 21:00 to 23:30",
                "Wednesday 1 July 2026, 16:00 to 18:30 in New York",
            ),
        ),
        # In these weeks New York has summer time already, and Lisbon has not.
        (
            event_at(datetime(2026, 3, 10, 20, tzinfo=UTC), zone="Europe/Lisbon"),
            NEW_YORK,
            ("Tuesday 10 March 2026, 20:00", "Tuesday 10 March 2026, 16:00 in New York"),
        ),
        # The clocks go back while it is on.
        (
            event_at(datetime(2026, 10, 24, 22, tzinfo=UTC), datetime(2026, 10, 25, 2, tzinfo=UTC), "Europe/Lisbon"),
            ZoneInfo("Europe/London"),
            ("Saturday 24 October 2026, 23:00 to Sunday 25 October 2026, 02:00", ""),
        ),
        (
            event_at(datetime(2026, 7, 1, 20, tzinfo=UTC)),
            NEW_YORK,
            ("Wednesday 1 July 2026, 16:00", "Your time, New York"),
        ),
    ],
)
def test_times_are_the_event_s_own_first(event, zone, texts):
    assert span_in_words(event, zone) == texts
