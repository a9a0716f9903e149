"""Tests of recurring entries: rules, exceptions, additions and overrides."""

from datetime import timedelta

import pytest

from events.importing.plan import Window
from events.tests.importing.reading import NOW, bad, calendar, counts, rows, starts, take

pytestmark = pytest.mark.django_db
_CORE = "UID:a\nSUMMARY:A\n"
_BERLIN = "DTSTART;TZID=Europe/Berlin:20261013T200000\n"
_TOO_MANY = "It takes place more than 1,000 times in the window. Take a shorter one: --until."

SERIES = {
    "by weeks, the start counted": (
        "DTSTART:20261005T180000Z\nRRULE:FREQ=WEEKLY;COUNT=3",
        ["2026-10-05 18:00", "2026-10-12 18:00", "2026-10-19 18:00"],
    ),
    "until a day, which counts whole": (
        "DTSTART:20261005T180000Z\nRRULE:FREQ=DAILY;UNTIL=20261007",
        ["2026-10-05 18:00", "2026-10-06 18:00", "2026-10-07 18:00"],
    ),
    "in a zone, over the end of summer time": (
        f"{_BERLIN}RRULE:FREQ=WEEKLY;COUNT=3",
        ["2026-10-13 18:00", "2026-10-20 18:00", "2026-10-27 19:00"],
    ),
    "at a time that is skipped when summer time begins": (
        "DTSTART;TZID=Europe/Berlin:20270327T023000\nRRULE:FREQ=DAILY;COUNT=3",
        ["2027-03-27 01:30", "2027-03-28 01:30", "2027-03-29 00:30"],
    ),
    "at a time that is there twice when it ends: the first one": (
        "DTSTART;TZID=Europe/Berlin:20261024T023000\nRRULE:FREQ=DAILY;COUNT=3",
        ["2026-10-24 00:30", "2026-10-25 00:30", "2026-10-26 01:30"],
    ),
    "the last Friday of a month": (
        "DTSTART:20261030T180000Z\nRRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=3",
        ["2026-10-30 18:00", "2026-11-27 18:00", "2026-12-25 18:00"],
    ),
    "the 31st, where there is one": (
        "DTSTART:20261031T180000Z\nRRULE:FREQ=MONTHLY;COUNT=3",
        ["2026-10-31 18:00", "2026-12-31 18:00", "2027-01-31 18:00"],
    ),
    "29 February: not within a year": ("DTSTART:20240229T180000Z\nRRULE:FREQ=YEARLY", []),
    "whole days": (
        "DTSTART;VALUE=DATE:20261005\nRRULE:FREQ=WEEKLY;COUNT=2",
        ["2026-10-05 00:00", "2026-10-12 00:00"],
    ),
    "with some left out": (
        f"{_BERLIN}RRULE:FREQ=WEEKLY;COUNT=4\nEXDATE;TZID=Europe/Berlin:20261020T200000,20261103T200000",
        ["2026-10-13 18:00", "2026-10-27 19:00"],
    ),
    "left out by another zone's time": (
        f"{_BERLIN}RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE:20261020T180000Z",
        ["2026-10-13 18:00", "2026-10-27 19:00"],
    ),
    "left out by the date alone": (
        f"{_BERLIN}RRULE:FREQ=WEEKLY;COUNT=3\nEXDATE;VALUE=DATE:20261020",
        ["2026-10-13 18:00", "2026-10-27 19:00"],
    ),
    "with some added": (
        "DTSTART:20261005T180000Z\nRRULE:FREQ=WEEKLY;COUNT=2\nRDATE:20261007T180000Z,20261012T180000Z",
        ["2026-10-05 18:00", "2026-10-07 18:00", "2026-10-12 18:00"],
    ),
    "of added ones only": (
        "DTSTART:20261005T180000Z\nRDATE:20261007T180000Z",
        ["2026-10-05 18:00", "2026-10-07 18:00"],
    ),
    "since long before the window, for ever": (
        "DTSTART:19900101T180000Z\nRRULE:FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=1",
        ["2027-03-01 18:00"],
    ),
    "that is over before the window begins": ("DTSTART:20200101T180000Z\nRRULE:FREQ=DAILY;COUNT=9", []),
}


@pytest.mark.parametrize("what", SERIES)
def test_series_take_place(what):
    entry, expected = SERIES[what]

    report = take(calendar(_CORE + entry))

    assert bad(report) == []
    assert starts() == expected


def test_endless_series_end_with_the_window():
    report = take(calendar(_CORE + "DTSTART:20200101T180000Z\nDTEND:20200101T190000Z\nRRULE:FREQ=DAILY"))

    assert counts(report) == {"created": 365}
    assert (starts()[0], starts()[-1]) == ("2026-10-01 18:00", "2027-09-30 18:00")


def test_a_window_that_moves_on_takes_what_follows_and_keeps_what_was():
    entry = _CORE + "DTSTART:20200101T180000Z\nRRULE:FREQ=WEEKLY"
    month = timedelta(days=28)
    first = take(calendar(entry), window=Window(NOW, NOW + month))
    second = take(calendar(entry), window=Window(NOW + month / 2, NOW + 2 * month), now=NOW + month / 2)

    assert [counts(first), counts(second)] == [{"created": 4}, {"created": 4, "unchanged": 2}]


CHANGED = {
    "moved": (
        "RECURRENCE-ID:20261012T180000Z\nDTSTART:20261013T190000Z\nSUMMARY:Moved",
        [("A", "2026-10-05 18:00"), ("Moved", "2026-10-13 19:00"), ("A", "2026-10-19 18:00")],
    ),
    "cancelled": (
        "RECURRENCE-ID:20261012T180000Z\nDTSTART:20261012T180000Z\nSTATUS:CANCELLED",
        [("A", "2026-10-05 18:00"), ("A", "2026-10-19 18:00")],
    ),
    "named in another zone": (
        "RECURRENCE-ID;TZID=Europe/Berlin:20261012T200000\nDTSTART:20261012T200000Z\nSUMMARY:Later",
        [("A", "2026-10-05 18:00"), ("Later", "2026-10-12 20:00"), ("A", "2026-10-19 18:00")],
    ),
    "named by its date": (
        "RECURRENCE-ID;VALUE=DATE:20261012\nDTSTART:20261012T200000Z\nSUMMARY:Later",
        [("A", "2026-10-05 18:00"), ("Later", "2026-10-12 20:00"), ("A", "2026-10-19 18:00")],
    ),
    "it and all that follow": (
        "RECURRENCE-ID;RANGE=THISANDFUTURE:20261012T180000Z\nDTSTART:20261012T190000Z\nSUMMARY:Later",
        [("A", "2026-10-05 18:00"), ("Later", "2026-10-12 19:00"), ("Later", "2026-10-19 19:00")],
    ),
    "put off beyond the window": (
        "RECURRENCE-ID:20261012T180000Z\nDTSTART:20281012T180000Z",
        [("A", "2026-10-05 18:00"), ("A", "2026-10-19 18:00")],
    ),
}


@pytest.mark.parametrize("what", CHANGED)
def test_one_occurrence_differs(what):
    change, expected = CHANGED[what]
    core = _CORE + "DTSTART:20261005T180000Z\nRRULE:FREQ=WEEKLY;COUNT=3"

    report = take(calendar(core, "UID:a\n" + change))

    assert bad(report) == []
    events = rows("title", "start_at", "status")
    assert [(title, start) for title, start, status in events if status != "CANCELLED"] == expected


def test_occurrences_without_their_series_are_events_of_their_own():
    report = take(calendar("UID:a\nSUMMARY:One\nRECURRENCE-ID:20261012T180000Z\nDTSTART:20261013T180000Z"))

    assert (counts(report), bad(report)) == ({"created": 1}, [])
    assert rows("external_id", "start_at") == [("ics:a#20261012T180000Z", "2026-10-13 18:00")]


ENDLESS = {
    "every second": ("FREQ=SECONDLY", "RRULE repeats too often to be followed (SECONDLY): more than 200,000 steps."),
    "every minute": ("FREQ=MINUTELY", "RRULE repeats too often to be followed (MINUTELY): more than 200,000 steps."),
    "every hour": ("FREQ=HOURLY", _TOO_MANY),
    "every second of chosen days": (
        "FREQ=DAILY;BYHOUR=1,2,3,4,5,6;BYMINUTE=" + ",".join(map(str, range(60))) + ";BYSECOND=1,2,3",
        "RRULE repeats too often to be followed (DAILY): more than 200,000 steps.",
    ),
    "by hours of a day that is never": (
        "FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30",
        "RRULE has a BYMONTH in a rule that repeats HOURLY. Write it with FREQ=DAILY and BYHOUR.",
    ),
    "unknown frequency": ("FREQ=FORTNIGHTLY", 'RRULE (line 8) is no rule: "FREQ=FORTNIGHTLY".'),
    "no frequency": ("COUNT=3", 'RRULE (line 8) has no FREQ: "COUNT=3".'),
    "interval 0": ("FREQ=DAILY;INTERVAL=0", "RRULE has an INTERVAL that is not one number from 1 to 1,000,000."),
    "month 13": ("FREQ=YEARLY;BYMONTH=13", "RRULE has a BYMONTH that is not from 1 to 12."),
    "hour 25": ("FREQ=DAILY;BYHOUR=25", "RRULE cannot be followed (hour must be in 0..23)."),
    "another calendar's years": (
        "FREQ=DAILY;RSCALE=HEBREW",
        "RRULE cannot be followed (unknown parameter 'RSCALE').",
    ),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_rules_that_cannot_be_followed_are_reported(what):
    rule, why = ENDLESS[what]
    series = f"UID:a\nSUMMARY:A\nDTSTART:20261005T180000Z\nRRULE:{rule}"

    report = take(calendar(series, "UID:b\nSUMMARY:B\nDTSTART:20261005T180000Z"))

    assert bad(report) == [f'town.ics, line 4, VEVENT "A" (UID a): {why}']
    assert rows("title", "start_at") == [("B", "2026-10-05 18:00")]


def test_a_day_that_never_is_leaves_the_start_alone():
    report = take(calendar(_CORE + "DTSTART:20261005T180000Z\nRRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"))

    assert (bad(report), starts()) == ([], ["2026-10-05 18:00"])
