"""Stretches of time as people name them, "this weekend" or "tomorrow", in a time zone."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

MONDAY, FRIDAY = 0, 4
_EVENING, _NIGHT_IS_OVER = time(17), time(4)
# PostgreSQL keeps no less.
_INSTANT = timedelta(microseconds=1)


class Period(NamedTuple):
    """What starts strictly between two moments, both in UTC, as the filters startsAfter and startsBefore have it."""

    after: datetime
    before: datetime


def today(now: datetime, zone: ZoneInfo) -> Period:
    """Return what is left of the day."""
    return next_days(now, zone, 1)


def tonight(now: datetime, zone: ZoneInfo) -> Period:
    """Return this evening from 17:00, and the night to 4:00; from now once it has begun."""
    return evening_of(_day_of(now, zone), now, zone)


def tomorrow(now: datetime, zone: ZoneInfo) -> Period:
    """Return the whole of the next day."""
    return day(_day_of(now, zone) + timedelta(days=1), now, zone)


def next_days(now: datetime, zone: ZoneInfo, days: int) -> Period:
    """Return what is left of today, and whole days after it: `days` in all."""
    first = _day_of(now, zone)
    return _from_now(now, _at(first, time.min, zone), _at(first + timedelta(days=days), time.min, zone))


def this_weekend(now: datetime, zone: ZoneInfo) -> Period:
    """Return Friday 17:00 to Monday 0:00; on the weekend itself from now."""
    friday = _next(FRIDAY, _last(MONDAY, _day_of(now, zone)))
    return _from_now(now, _at(friday, _EVENING, zone), _at(friday + timedelta(days=3), time.min, zone))


def next_weekday(weekday: int, now: datetime, zone: ZoneInfo) -> date:
    """Return the next day that is this weekday (0: Monday), today included."""
    return _next(weekday, _day_of(now, zone))


def day(which: date, now: datetime, zone: ZoneInfo) -> Period:
    """Return the whole of a day; from now if it is today."""
    return _from_now(now, _at(which, time.min, zone), _at(which + timedelta(days=1), time.min, zone))


def evening_of(which: date, now: datetime, zone: ZoneInfo) -> Period:
    """Return the evening of a day from 17:00, and the night to 4:00; from now once it has begun."""
    return _from_now(now, _at(which, _EVENING, zone), _at(which + timedelta(days=1), _NIGHT_IS_OVER, zone))


# By the names that addresses have.
PERIODS: dict[str, Callable[[datetime, ZoneInfo], Period]] = {
    "today": today,
    "tonight": tonight,
    "tomorrow": tomorrow,
    "weekend": this_weekend,
    "week": lambda now, zone: next_days(now, zone, 7),
}


def _from_now(now: datetime, start: datetime, end: datetime) -> Period:
    return Period(max(now.astimezone(UTC), start - _INSTANT), end)


def _day_of(now: datetime, zone: ZoneInfo) -> date:
    return now.astimezone(zone).date()


def _at(which: date, hour: time, zone: ZoneInfo) -> datetime:
    # Of a time that the clocks skip, the moment of the change; of one that they show twice, the first.
    return datetime.combine(which, hour, zone).astimezone(UTC)


def _next(weekday: int, which: date) -> date:
    return which + timedelta(days=(weekday - which.weekday()) % 7)


def _last(weekday: int, which: date) -> date:
    return which - timedelta(days=(which.weekday() - weekday) % 7)
