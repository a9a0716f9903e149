"""Tests of periods: what "this weekend" is from every moment, in zones that change their clocks."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from events.periods import (
    FRIDAY,
    PERIODS,
    day,
    evening_of,
    next_days,
    next_weekday,
    this_weekend,
    today,
    tomorrow,
    tonight,
)

LISBON, NEW_YORK, SANTIAGO = ZoneInfo("Europe/Lisbon"), ZoneInfo("America/New_York"), ZoneInfo("America/Santiago")
INSTANT = timedelta(microseconds=1)


def at(text, zone=LISBON):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def starts_and_ends(period, zone=LISBON):
    """Return the first moment that is inside and the first one after it, as clocks of the zone show them."""
    return tuple(f"{moment.astimezone(zone):%a %d %H:%M}" for moment in (period.after + INSTANT, period.before))


@pytest.mark.parametrize(
    ("now", "start"),
    [
        ("2026-11-23T00:00", "Fri 27 17:00"),
        ("2026-11-26T23:59", "Fri 27 17:00"),
        ("2026-11-27T16:59", "Fri 27 17:00"),
        ("2026-11-27T17:30", "Fri 27 17:30"),
        ("2026-11-28T12:00", "Sat 28 12:00"),
        ("2026-11-29T23:59", "Sun 29 23:59"),
    ],
)
def test_the_weekend_is_friday_evening_to_monday_or_what_is_left_of_it(now, start):
    assert starts_and_ends(this_weekend(at(now), LISBON)) == (start, "Mon 30 00:00")


def test_on_monday_the_weekend_is_the_next_one():
    assert starts_and_ends(this_weekend(at("2026-11-30T00:00"), LISBON)) == ("Fri 04 17:00", "Mon 07 00:00")


def test_what_starts_as_the_period_does_is_inside_and_what_starts_now_is_outside():
    now = at("2026-11-25T12:00")

    assert this_weekend(now, LISBON).after == at("2026-11-27T17:00") - INSTANT
    assert today(now, LISBON).after == now
    assert today(now, LISBON).before == at("2026-11-26T00:00")


def test_the_weekend_is_that_of_the_zone():
    now = datetime(2026, 11, 30, 2, tzinfo=UTC)

    assert starts_and_ends(this_weekend(now, NEW_YORK), NEW_YORK) == ("Sun 29 21:00", "Mon 30 00:00")
    assert starts_and_ends(this_weekend(now, LISBON)) == ("Fri 04 17:00", "Mon 07 00:00")


@pytest.mark.parametrize(
    ("zone", "now", "start", "end", "hours"),
    [
        # The last Sunday of March has 23 hours, that of October 25.
        ("Europe/Lisbon", "2026-03-26T12:00", "Fri 27 17:00", "Mon 30 00:00", 54),
        ("Europe/Lisbon", "2026-10-22T12:00", "Fri 23 17:00", "Mon 26 00:00", 56),
        ("America/New_York", "2026-03-05T12:00", "Fri 06 17:00", "Mon 09 00:00", 54),
        ("America/New_York", "2026-10-29T12:00", "Fri 30 17:00", "Mon 02 00:00", 56),
        ("Asia/Tokyo", "2026-03-26T12:00", "Fri 27 17:00", "Mon 30 00:00", 55),
    ],
)
def test_a_weekend_with_a_clock_change_is_an_hour_shorter_or_longer(zone, now, start, end, hours):
    weekend = this_weekend(at(now, ZoneInfo(zone)), ZoneInfo(zone))

    assert starts_and_ends(weekend, ZoneInfo(zone)) == (start, end)
    assert weekend.before - weekend.after - INSTANT == timedelta(hours=hours)


def test_a_day_whose_midnight_is_skipped_begins_when_the_clocks_change():
    # 6 September 2026 begins at 1:00 in Santiago.
    sunday = tomorrow(at("2026-09-05T12:00", SANTIAGO), SANTIAGO)

    assert starts_and_ends(sunday, SANTIAGO) == ("Sun 06 01:00", "Mon 07 00:00")
    assert today(at("2026-09-05T12:00", SANTIAGO), SANTIAGO).before == sunday.after + INSTANT


def test_days_follow_each_other_without_a_gap():
    for zone in (LISBON, NEW_YORK, SANTIAGO, ZoneInfo("Africa/Cairo"), ZoneInfo("America/Havana")):
        now = at("2026-01-01T00:00", zone)
        for number in range(366):
            first, second = (day(date(2026, 1, 1) + timedelta(number + more), now, zone) for more in (0, 1))
            assert first.before == second.after + INSTANT


def test_today_tomorrow_tonight_and_the_next_days():
    now = at("2026-11-25T18:30")

    assert starts_and_ends(today(now, LISBON)) == ("Wed 25 18:30", "Thu 26 00:00")
    assert starts_and_ends(tonight(now, LISBON)) == ("Wed 25 18:30", "Thu 26 04:00")
    assert starts_and_ends(tonight(at("2026-11-25T09:00"), LISBON)) == ("Wed 25 17:00", "Thu 26 04:00")
    assert starts_and_ends(tomorrow(now, LISBON)) == ("Thu 26 00:00", "Fri 27 00:00")
    assert starts_and_ends(next_days(now, LISBON, 7)) == ("Wed 25 18:30", "Wed 02 00:00")
    assert {name: period(now, LISBON) for name, period in PERIODS.items()} == {
        "today": today(now, LISBON),
        "tonight": tonight(now, LISBON),
        "tomorrow": tomorrow(now, LISBON),
        "weekend": this_weekend(now, LISBON),
        "week": next_days(now, LISBON, 7),
    }


def test_a_weekday_is_the_next_one_today_included():
    assert next_weekday(FRIDAY, at("2026-11-27T20:00"), LISBON) == date(2026, 11, 27)
    assert next_weekday(FRIDAY, at("2026-11-28T00:00"), LISBON) == date(2026, 12, 4)
    # Still Friday there.
    assert next_weekday(FRIDAY, at("2026-11-28T00:00"), NEW_YORK) == date(2026, 11, 27)
    assert starts_and_ends(evening_of(date(2026, 12, 4), at("2026-11-28T00:00"), LISBON)) == (
        "Fri 04 17:00",
        "Sat 05 04:00",
    )
