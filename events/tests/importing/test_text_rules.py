"""Tests that what is imported follows the rules for text."""

import pytest

from events.models import Origin
from events.tests.importing.reading import bad, calendar, counts, rows, take

pytestmark = pytest.mark.django_db


def test_calendars_are_cleaned_and_known_again():
    text = calendar(
        "UID:a\x1b\u202e\nSUMMARY:\u200b\u2060\nDESCRIPTION:\u3164\nLOCATION:Cel\x9blar\nCATEGORIES:\u200b,la\x07te\n"
        "URL:https://me:secret@club.example/a@b\nORGANIZER;CN=\u200b:mailto:a@club.example\nDTSTART:20261005T180000Z"
    )

    first, again = take(text), take(text)

    assert (counts(first), counts(again), bad(first)) == ({"created": 1}, {"unchanged": 1}, [])
    fields = ("external_id", "title", "description", "location_name", "tags", "url", "organiser")
    assert rows(*fields) == [
        ("ics:a%1B%E2%80%AE", "Untitled event", "", "Cellar", ["late"], "https://club.example/a@b", None)
    ]
    assert Origin.objects.get().series == "ics:a%1B%E2%80%AE"
    assert '1 events had no title: called "Untitled event"' in first.notes
    assert "1 addresses (URL) had a user name or password: these were left out" in first.notes


def test_tables_are_cleaned_and_ids_refused():
    text = (
        "event_id,title,start_at,description,tags,venue_id,group_id,organiser,url\n"
        "a,\u200b,2026-10-05 19:00,\u200b,a\x1b|\u200b,\u2800,g1,Cl\u202eub,https://me@club.example\n"
        "b\x1b,B,2026-10-05 19:00,,,,,,\nc,C,2026-10-05 19:00,,,,g\u202e,,\n"
    )

    report = take(text, name="town.csv")

    assert rows("title", "description", "tags", "location_name", "organiser__name", "url") == [
        ("Untitled event", "", ["a"], "", "Club", "https://club.example")
    ]
    assert [line.partition('"')[0] for line in bad(report)] == [
        "town.csv, line 3, column event_id: ", "town.csv, line 4, column group_id: ",
    ]  # fmt: skip
    assert counts(take(text, name="town.csv")) == {"unchanged": 1}


def test_a_title_that_shows_nothing_once_it_is_cut_is_none():
    take(calendar("UID:a\nSUMMARY:" + "\u200b" * 200 + "x\nDTSTART:20261005T180000Z"))

    assert rows("title") == [("Untitled event",)]
