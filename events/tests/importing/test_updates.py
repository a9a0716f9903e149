"""Tests of importing a calendar again: what changed is changed, and nothing is there twice."""

import pytest

from events.models import Event, Organiser
from events.tests.factories import EventFactory
from events.tests.importing.reading import bad, calendar, counts, rows, starts, take

pytestmark = pytest.mark.django_db
_WHEN = "DTSTART:20261005T180000Z\nDTEND:20261005T200000Z\n"
_SERIES = "UID:s\nSUMMARY:Series\nDTSTART:20261005T180000Z\nRRULE:FREQ=WEEKLY;COUNT=3"


def test_a_newer_version_changes_the_same_event():
    take(calendar(f"UID:a\nSUMMARY:Old\nSEQUENCE:1\n{_WHEN}"))
    key = Event.objects.get().pk

    report = take(calendar("UID:a\nSUMMARY:New\nSEQUENCE:2\nDTSTART:20261006T180000Z\nLOCATION:Cellar"))

    assert (counts(report), bad(report)) == ({"updated": 1}, [])
    assert rows("pk", "title", "start_at", "end_at", "location_name") == [
        (key, "New", "2026-10-06 18:00", None, "Cellar")
    ]


@pytest.mark.parametrize(
    "older",
    ["SEQUENCE:1\nDTSTAMP:20261001T000000Z", "SEQUENCE:2\nLAST-MODIFIED:20260901T000000Z\nDTSTAMP:20261001T000000Z"],
)
def test_an_older_version_changes_nothing(older):
    take(calendar(f"UID:a\nSUMMARY:New\nSEQUENCE:2\nLAST-MODIFIED:20260902T000000Z\n{_WHEN}"))

    report = take(calendar(f"UID:a\nSUMMARY:Old\n{older}\n{_WHEN}"))

    assert (counts(report), rows("title")) == ({"older": 1}, [("New",)])


def test_of_two_versions_in_one_file_the_newer_is_taken_wherever_it_stands():
    newer, older = f"UID:a\nSUMMARY:New\nSEQUENCE:2\n{_WHEN}", f"UID:a\nSUMMARY:Old\nSEQUENCE:1\n{_WHEN}"

    reports = [take(calendar(newer, older)), take(calendar(older, newer))]

    assert [counts(report) for report in reports] == [{"created": 1}, {"unchanged": 1}]
    assert rows("title") == [("New",)]


def test_what_is_cancelled_becomes_so_and_may_come_back():
    entry = f"UID:a\nSUMMARY:A\n{_WHEN}"
    take(calendar(f"{entry}SEQUENCE:1"))

    cancelled = take(calendar(f"UID:a\nSUMMARY:Cancelled: A\nSEQUENCE:2\nSTATUS:CANCELLED\n{_WHEN}"))

    assert (counts(cancelled), rows("title", "status")) == ({"cancelled": 1}, [("A", "CANCELLED")])
    back = take(calendar(f"{entry}SEQUENCE:3"))
    assert (counts(back), rows("title", "status")) == ({"updated": 1}, [("A", "OPEN")])


def test_a_calendar_of_cancellations_takes_back_by_name():
    take(calendar(_SERIES, f"UID:b\nSUMMARY:B\n{_WHEN}"))

    one = take(calendar("UID:s\nRECURRENCE-ID:20261012T180000Z\nSEQUENCE:1", "UID:unknown", own="METHOD:CANCEL"))

    assert counts(one) == {"cancelled": 1}
    assert starts() == ["2026-10-05 18:00", "2026-10-05 18:00", "2026-10-19 18:00"]
    rest = take(calendar("UID:s\nSEQUENCE:2", own="METHOD:CANCEL"))
    assert (counts(rest), starts()) == ({"cancelled": 2}, ["2026-10-05 18:00"])


def test_what_a_series_no_longer_has_is_cancelled():
    take(calendar(_SERIES))

    report = take(calendar(f"{_SERIES}\nEXDATE:20261012T180000Z\nSEQUENCE:1"))

    assert counts(report) == {"cancelled": 1, "unchanged": 2}
    assert rows("start_at", "status") == [
        ("2026-10-05 18:00", "OPEN"), ("2026-10-12 18:00", "CANCELLED"), ("2026-10-19 18:00", "OPEN"),
    ]  # fmt: skip


def test_what_cannot_be_read_is_not_taken_to_have_vanished():
    change = "UID:s\nRECURRENCE-ID:20261012T180000Z\nDTSTART:20261012T180000Z"
    take(calendar(_SERIES, change))

    wrong_change = take(calendar(_SERIES, change.replace("DTSTART:20", "DTSTART:")))
    nameless = take(calendar(_SERIES.replace("COUNT=3", "COUNT=2"), "UID:?").encode().replace(b"?", b"\xff"))
    cut_off = take(calendar(_SERIES.replace("COUNT=3", "COUNT=2")).rpartition("END:VCALENDAR")[0])

    assert [len(report.bad) for report in (wrong_change, nameless, cut_off)] == [1, 1, 1]
    assert starts() == ["2026-10-05 18:00", "2026-10-12 18:00", "2026-10-19 18:00"]


def test_a_change_that_came_before_is_undone_by_its_absence():
    take(calendar(_SERIES, "UID:s\nSUMMARY:Moved\nRECURRENCE-ID:20261012T180000Z\nDTSTART:20261013T180000Z"))

    report = take(calendar(_SERIES))

    assert counts(report) == {"unchanged": 2, "updated": 1}
    assert starts() == ["2026-10-05 18:00", "2026-10-12 18:00", "2026-10-19 18:00"]


def test_what_staff_decided_stays_where_the_calendar_says_nothing():
    entry = f"UID:a\nSUMMARY:A\n{_WHEN}"
    take(calendar(entry))
    Event.objects.update(category="music", type="GIG", status="CANCELLED")

    report = take(calendar(f"{entry}SEQUENCE:1"))

    assert counts(report) == {"unchanged": 1}
    assert rows("category", "type", "status") == [("music", "GIG", "CANCELLED")]


def test_events_from_elsewhere_are_not_taken_for_the_calendars():
    EventFactory(title="Ours", external_id="a")

    report = take(calendar(f"UID:a\nSUMMARY:Theirs\n{_WHEN}"))

    assert counts(report) == {"created": 1}
    assert sorted(rows("external_id", "title")) == [("a", "Ours"), ("ics:a", "Theirs")]


def test_what_the_command_line_says_holds_where_the_calendar_is_silent():
    entries = (f"UID:a\nSUMMARY:A\nCATEGORIES:Music\nORGANIZER;CN=Club:mailto:x@x.example\n{_WHEN}", f"UID:b\n{_WHEN}")

    take(calendar(*entries), category="food", organiser="Town", type="GIG")

    assert rows("title", "category", "organiser__name", "type") == [
        ("A", "music", "Club", "GIG"), ("Untitled event", "food", "Town", "GIG"),
    ]  # fmt: skip
    assert take(calendar(*entries), category="food", organiser="Town").written.unchanged == 2
    assert Organiser.objects.count() == 2


def test_a_dry_run_tells_the_same_and_writes_nothing():
    dry, real = take(calendar(_SERIES), dry_run=True), take(calendar(_SERIES))

    assert (dry, counts(real)) == (real, {"created": 3})
    assert take(calendar(_SERIES.replace("COUNT=3", "COUNT=1")), dry_run=True).written.cancelled == 2
    assert starts() == ["2026-10-05 18:00", "2026-10-12 18:00", "2026-10-19 18:00"]
