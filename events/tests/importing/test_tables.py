"""Tests of importing CSV files."""

import pytest

from events.importing.source import Unreadable
from events.models import Event
from events.tests.importing.reading import bad, counts, rows, take

pytestmark = pytest.mark.django_db
_HEAD = "event_id,title,start_at\n"


def test_rows_become_events_and_a_second_import_changes_what_has_changed():
    text = (
        "event_id,title,start_at,end_at,description,category,tags,lat,lng,venue_id,group_id,organiser,url\n"
        'e1,Jazz,2026-10-05 19:00,2026-10-05T21:00:00Z,"Two lines,\nand a ""quote""",Music,a|b|a,1.5,2.5,Cellar,g1,Club,'
        "https://club.example/e1\n"
        "e2, ,2026-10-06T19:00:00+02:00,,,,,,,,,Town,\n"
    )

    first = take(text, name="town.csv")
    again = take(text.replace("Cellar", "Attic"), name="town.csv")

    assert (counts(first), counts(again)) == ({"created": 2}, {"updated": 1, "unchanged": 1})
    fields = ("title", "start_at", "end_at", "description", "category", "tags", "latitude", "location_name", "url")
    assert rows("external_id", *fields, "organiser__name", "organiser__external_id", "status") == [
        (
            "e1", "Jazz", "2026-10-05 19:00", "2026-10-05 21:00", 'Two lines,\nand a "quote"', "music", ["a", "b"], 1.5,
            "Attic", "https://club.example/e1", "Club", "g1", "OPEN",
        ),
        ("e2", "Untitled event", "2026-10-06 17:00", None, "", None, [], None, "", None, "Town", None, "OPEN"),
    ]  # fmt: skip


def test_columns_that_are_not_there_leave_the_fields_as_they_are():
    take("event_id,title,start_at,category,venue_id\ne1,A,2026-10-05 19:00,music,Cellar\n", name="town.csv")

    take(f"{_HEAD}e1,B,2026-10-05 20:00\n", name="town.csv")

    assert rows("title", "start_at", "category", "location_name") == [("B", "2026-10-05 20:00", "music", "Cellar")]


_NO_TIME = "is not a time; write YYYY-MM-DD HH:MM:SS (UTC)."
ROWS = {
    "no id": (",A,2026-10-05 19:00", ', column event_id: "" is no id.'),
    "no start": ("b,B,", f', column start_at: "" {_NO_TIME}'),
    "start that is no time": ("b,B,soon", f', column start_at: "soon" {_NO_TIME}'),
    "year 10000": ("b,B,10000-01-01 00:00", f', column start_at: "10000-01-01 00:00" {_NO_TIME}'),
    "too few values": ("b,B", ": 2 values for 3 columns."),
    "too many values": ("b,B,2026-10-05 19:00,x", ": 4 values for 3 columns."),
    "the same id twice": (
        "good,B,2026-10-05 19:00",
        ', column event_id: "good" is there twice; the first one was taken.',
    ),
    "NUL": ("b,B\0,2026-10-05 19:00", ', column title: "B\0" has a NUL character, which the database cannot store.'),
}


@pytest.mark.parametrize("what", ROWS)
def test_bad_rows_are_named_and_good_ones_taken(what):
    row, why = ROWS[what]

    report = take(f"{_HEAD}good,Good,2026-10-05 18:00\n{row}\nlast,Last,2026-10-06 18:00\n", name="town.csv")

    assert bad(report) == [f"town.csv, line 3{why}"]
    assert rows("title") == [("Good",), ("Last",)]


WHOLE = {
    "no columns": ("\n", "town.csv, line 1: column event_id is missing."),
    "an unknown column": (
        "event_id,title,start_at,price\n",
        'town.csv, line 1: there is no column "price". There are: event_id, title, start_at, end_at, description, category,'
        " tags, lat, lng, venue_id, group_id, organiser, url, series, address, time_zone, attendance, price_min, price_max,"
        " currency, language, minimum_age.",
    ),
    "a column twice": ("event_id,title,start_at,title\n", "town.csv, line 1: column title is there twice."),
    "no UTF-8": (
        b"event_id,title,start_at\nb,Caf\xe9,2026-10-05 19:00\n",
        "town.csv, line 2: not in UTF-8. Say what it is in with --encoding.",
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", WHOLE)
def test_what_is_no_table_is_refused_whole(what):
    text, why = WHOLE[what]

    with pytest.raises(Unreadable) as refused:
        take(text, name="town.csv")

    assert (str(refused.value), Event.objects.count()) == (why, 0)


def test_a_quote_that_never_ends_gives_what_stands_before():
    report = take(f'{_HEAD}a,A,2026-10-05 19:00\nb,"B,2026-10-05 19:00\n', name="town.csv")

    assert bad(report) == ["town.csv, line 3: not CSV (unexpected end of data); what precedes it was read."]
    assert rows("title") == [("A",)]
