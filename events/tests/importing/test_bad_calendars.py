"""Tests of calendars with something wrong in them: what is good is taken, the rest is named."""

import pytest

from events.importing.source import Unreadable
from events.models import Event, Origin
from events.tests.importing.reading import bad, calendar, counts, rows, take

pytestmark = pytest.mark.django_db
_GOOD = "UID:good\nSUMMARY:Good\nDTSTART:20261005T180000Z"
_START = "DTSTART:20261005T180000Z"

# What stands in an entry, and what is told of it.
ENTRIES = {
    "no start": ("UID:b\nSUMMARY:B", "It has no DTSTART: there is no telling when it takes place."),
    "no UID": (
        f"SUMMARY:B\n{_START}",
        "It has no UID (or one of over 1,000 characters): a second import would not know it again.",
    ),
    "two starts": (f"UID:b\nSUMMARY:B\n{_START}\n{_START}", "DTSTART (line 13) is there twice."),
    "start that is no time": ("UID:b\nSUMMARY:B\nDTSTART:soon", 'DTSTART (line 12) is no time: "soon".'),
    "30 February": (
        "UID:b\nSUMMARY:B\nDTSTART:20270230T180000Z",
        'DTSTART (line 12) is no time: "20270230T180000Z".',
    ),
    "year 0": ("UID:b\nSUMMARY:B\nDTSTART:00000101T000000Z", 'DTSTART (line 12) is no time: "00000101T000000Z".'),
    "end before the start": (
        f"UID:b\nSUMMARY:B\n{_START}\nDTEND:20261005T170000Z",
        "DTEND (line 13) is before DTSTART.",
    ),
    "negative duration": (f"UID:b\nSUMMARY:B\n{_START}\nDURATION:-PT1H", "DURATION (line 13) is negative."),
    "sequence in words": (f"UID:b\nSUMMARY:B\n{_START}\nSEQUENCE:two", 'SEQUENCE (line 13) is no number: "two".'),
    "wrong parameters": ('UID:b\nSUMMARY:B\nDTSTART;TZID="Berlin:2026', 'DTSTART (line 12) is no property: "DTSTART;TZID="Berlin:2026".'),
    "rule of exceptions": (
        f"UID:b\nSUMMARY:B\n{_START}\nEXRULE:FREQ=DAILY",
        "It has an EXRULE, which iCalendar no longer has; write the exceptions as EXDATE.",
    ),
    "eleven rules": (
        f"UID:b\nSUMMARY:B\n{_START}" + "\nRRULE:FREQ=DAILY;COUNT=2" * 11,
        "It has more than 10 rules (RRULE).",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", ENTRIES)
def test_bad_entries_are_named_and_good_ones_taken(what):
    entry, why = ENTRIES[what]

    report = take(calendar(_GOOD, entry))

    called = (' "B"' if "SUMMARY:B" in entry else "") + (" (UID b)" if "UID:b" in entry else "")
    assert bad(report) == [f"town.ics, line 9, VEVENT{called}: {why}"]
    assert rows("external_id", "title") == [("ics:good", "Good")]


def test_a_file_that_is_cut_off_gives_what_stands_before():
    whole = calendar(_GOOD, f"UID:b\nSUMMARY:B\n{_START}", f"UID:c\nSUMMARY:C\n{_START}")

    report = take(whole[: whole.index("SUMMARY:C")])

    assert bad(report) == [
        "town.ics, line 14, VEVENT: is cut off: the file ends before END:VEVENT.",
        "town.ics, line 1, VCALENDAR: is cut off: the file ends before END:VCALENDAR. What precedes it was read.",
    ]
    assert rows("title") == [("B",), ("Good",)]


def test_an_end_that_is_missing_costs_one_entry():
    report = take(calendar(f"UID:b\nSUMMARY:B\n{_START}", _GOOD).replace("END:VEVENT\r\n", "", 1))

    assert bad(report) == ["town.ics, line 4, VEVENT: has no END:VEVENT before line 8, where the next one begins."]
    assert rows("title") == [("Good",)]


def test_wrongly_encoded_text_is_left_out_of_a_detail_and_refused_in_a_time():
    text = calendar(f"UID:b\nSUMMARY:Caf? bar\n{_START}", "UID:c\nSUMMARY:C\nDTSTART:?", _GOOD)

    report = take(text.encode().replace(b"?", b"\xe9"))

    assert bad(report) == [
        'town.ics, line 9, VEVENT "C" (UID c): DTSTART (line 12) is not in UTF-8. Say what it is in with --encoding.'
    ]
    assert report.notes == (
        '1 events had no title: called "Untitled event"', "1 properties were left out: they cannot be read",
    )  # fmt: skip
    assert rows("title") == [("Untitled event",), ("Good",)]


NOT_CALENDARS = {
    "a page": b"<!DOCTYPE html><html></html>",
    "bytes": bytes(range(256)) * 20,
    "an entry alone": b"BEGIN:VEVENT\r\nUID:a\r\nDTSTART:20261005T180000Z\r\nEND:VEVENT\r\n",
    "utf-16": "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n".encode("utf-16-le"),
}


@pytest.mark.parametrize("what", NOT_CALENDARS)
def test_what_is_no_calendar_is_refused_whole(what):
    with pytest.raises(Unreadable) as refused:
        take(NOT_CALENDARS[what])

    assert str(refused.value) == "town.ics: no iCalendar file, for it has no BEGIN:VCALENDAR."


def test_two_entries_that_cannot_both_be_right():
    report = take(calendar(f"UID:b\nSUMMARY:B\n{_START}", f"UID:b\nSUMMARY:Another\n{_START}"))

    assert bad(report) == [
        'town.ics, line 9, VEVENT "Another" (UID b): Its UID is taken, and neither is newer: '
        'town.ics, line 4, VEVENT "B" (UID b).'
    ]
    assert rows("title") == [("B",)]


def test_details_that_cannot_be_are_left_out_and_reported():
    report = take(calendar(
        f"UID:b\nSUMMARY:{'x' * 300}\u202e\nDESCRIPTION:{'y' * 30_000}\nGEO:91;0\nURL:javascript:alert(1)\n"
        f"ORGANIZER;CN=ana@town.example:mailto:ana@town.example\nCATEGORIES:{','.join('abcdefghijklmnopqrstuvwxyz0123456789')}\n"
        f"{_START}"
    ))  # fmt: skip

    assert bad(report) == []
    assert report.notes == (
        "1 addresses (URL) were left out: not http or https, or longer than 500 characters",
        "1 descriptions were cut to 20,000 characters",
        "1 events had more than 30 tags: the first ones were kept",
        "1 places (GEO) were left out: not two numbers of degrees",
        "1 titles were cut to 200 characters",
    )
    (event,) = Event.objects.all()
    assert (event.title, len(event.description), event.latitude, event.url, event.organiser, len(event.tags)) == (
        "x" * 200, 20_000, None, None, None, 30,
    )  # fmt: skip


def test_other_components_and_line_ends_are_no_matter():
    text = calendar(_GOOD + "\nBEGIN:VALARM\nTRIGGER:-PT5M\nUID:alarm\nEND:VALARM", own="BEGIN:VTODO\nUID:t\nEND:VTODO")

    report = take(text.replace("\r\n", "\n").encode().replace(b"SUMMARY:Good", b"SUMM\n ARY:Go\n\tod"))

    assert (bad(report), report.notes) == ([], ("1 VTODO were left out: only VEVENT is an event",))
    assert rows("title") == [("Good",)]


def test_a_uid_of_any_length_or_kind_is_known_again():
    entries = [
        f"UID:{uid}\nSUMMARY:{uid[:3]}\n{_START}" for uid in ("a" * 900, "b#20261005T180000Z", "c%23", "émoji 🎷")
    ]

    first, second = take(calendar(*entries)), take(calendar(*entries))

    assert (counts(first), counts(second)) == ({"created": 4}, {"unchanged": 4})
    assert {len(name) <= 200 for (name,) in rows("external_id")} == {True}


def test_deleted_events_take_their_origin_along():
    take(calendar(_GOOD))

    Event.objects.all().delete()

    assert Origin.objects.count() == 0
