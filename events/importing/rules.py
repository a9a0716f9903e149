"""The bounds of recurrence rules: one may go on for ever, or by the second."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

from dateutil.rrule import rrulestr
from icalendar import vRecur

from events.importing.properties import Time

# How many days, hours, … a rule may have to be followed through, from its start to the end of the window: daily ones
# may have begun in the year 1600.
_STEPS_MAX = 200_000
# Seconds of a step, and how many occurrences one may have.
_FREQUENCIES = {
    "SECONDLY": (1, 1), "MINUTELY": (60, 1), "HOURLY": (3_600, 1), "DAILY": (86_400, 1), "WEEKLY": (604_800, 7),
    "MONTHLY": (2_592_000, 31), "YEARLY": (31_536_000, 366),
}  # fmt: skip
# In one step of each frequency, a rule may name several of these.
_WITHIN = {
    "SECONDLY": (), "MINUTELY": ("BYSECOND",), "HOURLY": ("BYSECOND", "BYMINUTE"),
}  # fmt: skip
_WITHIN_A_DAY = ("BYSECOND", "BYMINUTE", "BYHOUR")
# The largest value of each, negative ones counted from the end (RFC 5545, 3.3.10). What a rule never comes to is looked
# for until the year 9999: by days that takes seconds, by hours half a minute.
_LARGEST = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}


class BadRule(Exception):
    """A recurrence rule cannot be followed: the message says why."""


def bounded(rule: vRecur, start: Time, last: datetime, zone: tzinfo) -> vRecur | None:
    """Return a rule with the same occurrences up to `last`, and none after it; None if it has but the start itself.

    It has an UNTIL of the kind that `start` is, and no COUNT. BadRule for one that is wrong, or would take too long.
    """
    interval = _number(rule, "INTERVAL") or 1
    count = _number(rule, "COUNT")
    begin = _comparable(start, zone)
    end = min(last, _until(rule, start, zone) or last)
    if end < begin:
        return None
    frequency = str(rule["FREQ"][0]).upper()
    if frequency not in _FREQUENCIES:
        raise BadRule(f"RRULE has an unknown FREQ: {frequency[:20]}.")
    _check_days(rule, frequency)
    seconds, days = _FREQUENCIES[frequency]
    for part in _WITHIN.get(frequency, _WITHIN_A_DAY):
        days *= len(rule.get(part, ())) or 1
    plain = not any(str(part).upper().startswith("BY") for part in rule)
    steps = ((end - begin).total_seconds() / (seconds * interval) + 1) * days
    if (min(steps, count) if count and plain else steps) > _STEPS_MAX:
        raise BadRule(f"RRULE repeats too often to be followed ({frequency}): more than {_STEPS_MAX:,} steps.")
    shortened = vRecur({name: value for name, value in rule.items() if name.upper() != "COUNT"})
    shortened["UNTIL"] = [_like(end, start, zone)]
    if count:
        first = list(islice(starts(shortened, start), count))
        if len(first) == count:
            shortened["UNTIL"] = [_like(_comparable(first[-1], zone), start, zone)]
    return shortened


def starts(rule: vRecur, start: Time) -> Iterator[datetime]:
    """Yield when the occurrences of a bounded rule begin; those of a date without a zone."""
    begin = start if isinstance(start, datetime) else datetime.combine(start, time())
    try:
        yield from rrulestr(rule.to_ical().decode(), dtstart=begin)
    except (ValueError, TypeError, OverflowError) as error:
        raise BadRule(f"RRULE cannot be followed ({str(error)[:80]}).") from error


def _check_days(rule: vRecur, frequency: str) -> None:
    """Refuse days that no year has, and days of the year in a rule by hours or less."""
    for part, largest in _LARGEST.items():
        values = rule.get(part) or ()
        if values and frequency in _WITHIN:
            raise BadRule(
                f"RRULE has a {part} in a rule that repeats {frequency}. Write it with FREQ=DAILY and BYHOUR."
            )
        if any(not 1 <= abs(int(value)) <= largest for value in values):
            raise BadRule(f"RRULE has a {part} that is not from 1 to {largest}.")


def _number(rule: vRecur, part: str) -> int | None:
    values = rule.get(part)
    if not values:
        return None
    if len(values) != 1 or not 1 <= int(values[0]) <= 1_000_000:
        raise BadRule(f"RRULE has an {part} that is not one number from 1 to 1,000,000.")
    return int(values[0])


def _until(rule: vRecur, start: Time, zone: tzinfo) -> datetime | None:
    """Return the moment of UNTIL: a date counts whole, a time without a zone is of the start's."""
    values = rule.get("UNTIL")
    if not values:
        return None
    until = values[0]
    here = start.tzinfo if isinstance(start, datetime) else zone
    try:
        if isinstance(until, datetime):
            return (until if until.tzinfo else until.replace(tzinfo=here)).astimezone(UTC)
        if isinstance(until, date):
            return datetime.combine(until, time(23, 59, 59), here).astimezone(UTC)
    except OverflowError:
        # Beyond all that there is, which the window bounds.
        return None
    raise BadRule("RRULE has an UNTIL that is no time.")


def _comparable(value: Time, zone: tzinfo) -> datetime:
    if not isinstance(value, datetime):
        value = datetime.combine(value, time())
    return (value if value.tzinfo else value.replace(tzinfo=zone)).astimezone(UTC)


def _like(moment: datetime, start: Time, zone: tzinfo) -> Time:
    return moment if isinstance(start, datetime) else moment.astimezone(zone).date()


def is_too_many(rule: vRecur, start: Time, *, after: datetime, most: int, zone: tzinfo) -> bool:
    """Say whether a bounded rule has more than `most` occurrences from a moment on."""
    since = after - timedelta(days=1)
    found = (begin for begin in starts(rule, start) if _comparable(begin, zone) > since)
    return sum(1 for _ in islice(found, most + 1)) > most
