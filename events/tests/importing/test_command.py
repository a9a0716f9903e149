"""Tests of the command import_events: what it prints, how it ends, and what a kill leaves."""

import os
import signal
import subprocess
import sys
import time
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from events.models import Event, Organiser, Origin
from events.tests.importing.reading import CALENDARS, calendar, rows

ROOT = Path(__file__).resolve().parents[3]
_GOOD = "UID:good\nSUMMARY:Good\nDTSTART:20261005T180000Z"
_BAD = "UID:b\nSUMMARY:B"


def run(source, *arguments):
    """Run the command over the year of the fixtures; return what it printed, its errors, and how it ended."""
    out, err, ended = StringIO(), StringIO(), None
    try:
        call_command(
            "import_events",
            str(source),
            *(["--from=2026-10-01"] if not any("--from" in one for one in arguments) else []),
            *arguments,
            stdout=out,
            stderr=err,
        )
    except CommandError as error:
        ended = str(error)
    return out.getvalue().splitlines(), err.getvalue().splitlines(), ended


@pytest.mark.django_db
def test_a_good_calendar_is_summed_up():
    assert run(CALENDARS / "meetup.ics") == (
        [
            "meetup.ics: 2 created, 0 updated, 0 unchanged, 0 cancelled, 0 older than known, 0 outside the window, "
            "0 bad."
        ],
        [],
        None,
    )


@pytest.mark.django_db
def test_bad_entries_are_reported_and_end_it_with_1(tmp_path):
    source = tmp_path / "town.ics"
    source.write_text(calendar(_GOOD, _BAD))

    printed, errors, ended = run(source)

    assert errors == [
        'Bad: town.ics, line 9, VEVENT "B" (UID b): It has no DTSTART: there is no telling when it takes place.'
    ]
    assert (ended, rows("title")) == ("1 entry could not be imported, see above.", [("Good",)])
    assert printed == [
        "town.ics: 1 created, 0 updated, 0 unchanged, 0 cancelled, 0 older than known, 0 outside the window, 1 bad."
    ]


@pytest.mark.django_db
def test_a_dry_run_says_so():
    printed, _, ended = run(CALENDARS / "meetup.ics", "--dry-run")

    assert (printed[1:], ended) == (["Nothing was written: --dry-run."], None)
    assert (Event.objects.count(), Organiser.objects.count(), Origin.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "title"),
    [(("--encoding=latin-1",), "Café"), (("--encoding=windows-1252",), "Café")],
)
def test_other_encodings_are_given(tmp_path, arguments, title):
    source = tmp_path / "town.ics"
    source.write_bytes(calendar("UID:a\nSUMMARY:Café\nDTSTART:20261005T180000Z").encode("latin-1"))

    assert run(source, *arguments)[1:] == ([], None)
    assert rows("title") == [(title,)]


@pytest.mark.django_db
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_tells_the_encoding(tmp_path, encoding):
    source = tmp_path / "town.ics"
    source.write_bytes(calendar("UID:a\nSUMMARY:Café\nDTSTART:20261005T180000Z").encode(encoding))

    assert run(source)[1:] == ([], None)
    assert rows("title") == [("Café",)]


REFUSED = {
    "nothing": (b"", (), "town.ics: empty."),
    "no calendar": (b"<html>", (), "town.ics: no iCalendar file, for it has no BEGIN:VCALENDAR."),
    "too large": (
        calendar(_GOOD).encode(),
        ("--max-bytes=50",),
        "town.ics: larger than 50 bytes. Split it, or allow more with --max-bytes.",
    ),
    "an empty window": (
        calendar(_GOOD).encode(),
        ("--until=2026-10-01",),
        "The window is empty: --until must be after --from.",
    ),
    "too many days": (calendar(_GOOD).encode(), ("--days=99999",), "--days must be from 1 to 3,650."),
    "a date that is none": (
        calendar(_GOOD).encode(),
        ("--until=tomorrow",),
        'Error: argument --until: "tomorrow" is not a date. Write YYYY-MM-DD.',
    ),
    "a zone that is none": (
        calendar(_GOOD).encode(),
        ("--zone=Mars",),
        'Error: argument --zone: "Mars" is not a time zone. Write one like Europe/Berlin.',
    ),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_read_is_refused_whole(tmp_path, what):
    data, arguments, why = REFUSED[what]
    source = tmp_path / "town.ics"
    source.write_bytes(data)

    assert run(source, *arguments) == ([], [], why)
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_addresses_and_missing_files_are_no_sources(tmp_path):
    assert run("https://town.example/all.ics")[2] == (
        "https://town.example/all.ics: only local files are read. Download it first, or give - for standard input."
    )
    assert run(tmp_path / "none.ics")[2] == f"{tmp_path / 'none.ics'}: cannot be read (No such file or directory)."


@pytest.mark.django_db
def test_statements_grow_with_batches_not_with_entries(tmp_path, django_assert_num_queries):
    entries = [f"UID:{n}\nSUMMARY:E\nDTSTART:20261005T180000Z" for n in range(400)]
    source = tmp_path / "town.ics"
    source.write_text(calendar(*entries))

    # A savepoint begins, the lock, the known events, what the series no longer have, the events, their origins, its end.
    with django_assert_num_queries(7):
        run(source)
    # The same without what is written.
    with django_assert_num_queries(5):
        run(source)


@pytest.fixture
def folder(tmp_path):
    """A folder with good, bad and unreadable files, and one that is no calendar by its name."""
    (tmp_path / "inner").mkdir()
    (tmp_path / "a.ics").write_text(calendar(_GOOD, own="X-WR-TIMEZONE:Mars"))
    (tmp_path / "inner" / "b.ICS").write_text(calendar(_GOOD.replace("UID:good", "UID:b"), _BAD))
    (tmp_path / "c.csv").write_text("event_id,title,start_at\nc,C,2026-10-05 18:00\n")
    (tmp_path / "d.ics").write_bytes(b"\xff\0" * 100)
    (tmp_path / "e.ics").write_bytes(b"")
    (tmp_path / "f.txt").write_text(calendar(_GOOD))
    return tmp_path


_NOTHING_ELSE = "0 updated, 0 unchanged, 0 cancelled, 0 older than known, 0 outside the window"


@pytest.mark.django_db
def test_a_dry_run_of_a_folder_prints_a_line_for_each_file(folder):
    assert run(folder, "--dry-run") == (
        [
            f"a.ics: 1 created, {_NOTHING_ELSE}, 0 bad. Notes: 1 calendars have an unknown time zone (X-WR-TIMEZONE), "
            '"Mars": UTC was used.',
            f"c.csv: 1 created, {_NOTHING_ELSE}, 0 bad.",
            "d.ics: cannot be imported. d.ics: no iCalendar file, for it has no BEGIN:VCALENDAR.",
            "e.ics: cannot be imported. e.ics: empty.",
            f'inner/b.ICS: 1 created, {_NOTHING_ELSE}, 1 bad. First: b.ICS, line 9, VEVENT "B" (UID b): It has no DTSTART: '
            "there is no telling when it takes place.",
        ],
        [],
        "3 of 5 files could not be imported completely, see above.",
    )
    assert Event.objects.count() == 0


@pytest.mark.django_db
def test_a_folder_is_imported_file_by_file(folder):
    printed, errors, ended = run(folder)

    assert (len(printed), ended) == (6, "3 of 5 files could not be imported completely, see above.")
    assert errors == [
        'Bad: b.ICS, line 9, VEVENT "B" (UID b): It has no DTSTART: there is no telling when it takes place.'
    ]
    assert sorted(rows("external_id")) == [("c",), ("ics:b",), ("ics:good",)]
    assert run(folder)[0][1].startswith("a.ics: 0 created, 0 updated, 1 unchanged")


@pytest.mark.django_db
def test_a_folder_without_calendars_is_an_error(tmp_path):
    assert run(tmp_path)[2] == f"{tmp_path}: no .ics, .ical, .ifb, .icalendar, .csv file in this folder."


@pytest.mark.django_db
def test_a_window_beyond_the_years_is_an_error(folder):
    assert run(folder, "--from=0001-01-01", "--zone=Asia/Tokyo")[2] == (
        "--from and --until must lie within the years 1 to 9999, in UTC too."
    )


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_a_kill_in_the_middle_leaves_nothing_half(tmp_path):
    source = tmp_path / "town.ics"
    source.write_text(calendar(*(f"UID:{n}\nSUMMARY:E\nDTSTART:20261005T180000Z" for n in range(20)), _BAD))
    with connection.cursor() as cursor:
        # Whoever writes an origin waits, and the events are written before.
        cursor.execute("BEGIN; LOCK TABLE events_origin IN EXCLUSIVE MODE")
        process = subprocess.Popen([sys.executable, "-c", _IN_THE_TESTS_DATABASE, str(source)], cwd=ROOT, env=_env())
        try:
            cursor.execute("SELECT 1")
            deadline = time.monotonic() + 60
            while not _waits(cursor):
                assert process.poll() is None, "The import ended before it came to the origins."
                assert time.monotonic() < deadline, "The import never came to the origins."
                time.sleep(0.05)
        finally:
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            cursor.execute("ROLLBACK")

    assert (Event.objects.count(), Origin.objects.count()) == (0, 0)
    assert run(source)[2] == "1 entry could not be imported, see above."
    assert (Event.objects.count(), Origin.objects.count()) == (20, 20)


_IN_THE_TESTS_DATABASE = """
import os, sys
import django
from django.conf import settings
django.setup()
settings.DATABASES["default"]["NAME"] = os.environ["TEST_DATABASE"]
from django.core.management import call_command
call_command("import_events", sys.argv[1], "--from=2026-10-01")
"""


def _env():
    path = os.pathsep.join((str(ROOT), str(ROOT / "platform")))
    name = settings.DATABASES["default"]["NAME"]
    return {**os.environ, "PYTHONPATH": path, "DJANGO_SETTINGS_MODULE": "config.settings", "TEST_DATABASE": name}


def _waits(cursor):
    cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'events_origin'::regclass AND NOT granted)")
    return cursor.fetchone()[0]
