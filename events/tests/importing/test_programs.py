"""Tests of calendars in the forms that Google, Outlook, Localist and Meetup export."""

import pytest

from events.tests.importing.reading import bad, counts, rows, take_file

pytestmark = pytest.mark.django_db
_WHEN = ("external_id", "title", "start_at", "end_at", "status")


def test_google_series_with_an_exception_a_moved_one_and_days_on_both_sides_of_summer_time():
    report = take_file("google.ics")

    assert (counts(report), bad(report)) == ({"created": 6}, [])
    assert rows(*_WHEN) == [
        ("ics:4t7quartet@google.com#20261013T180000Z", "Tuesday quartet", "2026-10-13 18:00", "2026-10-13 20:30", "OPEN"),
        # All day, two days, in the calendar's own zone: from midnight in Berlin.
        ("ics:open-weekend@google.com", "Open weekend", "2026-10-23 22:00", "2026-10-25 23:00", "OPEN"),
        # Eight in the evening is an hour later in UTC once summer time is over; the 20th was left out.
        ("ics:4t7quartet@google.com#20261027T190000Z", "Tuesday quartet", "2026-10-27 19:00", "2026-10-27 21:30", "OPEN"),
        ("ics:halloween@google.com", "Halloween concert", "2026-10-31 18:00", "2026-10-31 20:00", "CANCELLED"),
        (
            "ics:4t7quartet@google.com#20261103T190000Z", "Tuesday quartet, on a Wednesday",
            "2026-11-04 18:30", "2026-11-04 21:00", "OPEN",
        ),
        ("ics:4t7quartet@google.com#20261110T190000Z", "Tuesday quartet", "2026-11-10 19:00", "2026-11-10 21:30", "OPEN"),
    ]  # fmt: skip
    assert rows("location_name", "description")[0] == (
        "Harbour Hall, Kai 3, 20457 Hamburg, Germany",
        "Four players, one table.\n\nDoors at 19:30. Tickets (https://hall.example/tickets)",
    )


def test_outlook_zones_of_windows_and_of_its_own_and_a_midnight_that_means_a_day():
    report = take_file("outlook.ics")

    assert (counts(report), bad(report)) == ({"created": 6}, [])
    series = "ics:040000008200E00074C5B7101A82E00800000000"
    assert rows("external_id", "title", "start_at", "end_at") == [
        (f"{series}B0A7#20261026T160000Z", "Monday lecture", "2026-10-26 16:00", "2026-10-26 18:00"),
        # Seven in the evening on the west coast, in summer time and, a day later, after it.
        (f"{series}C1D9", "Call from the west coast", "2026-11-01 02:00", "2026-11-01 04:00"),
        (f"{series}C1DA", "Second call", "2026-11-02 03:00", "2026-11-02 05:00"),
        (f"{series}B0A7#20261102T160000Z", "Monday lecture, moved to Tuesday", "2026-11-03 16:00", "2026-11-03 18:00"),
        (f"{series}B0A7#20261109T160000Z", "Monday lecture", "2026-11-09 16:00", "2026-11-09 18:00"),
        (f"{series}B0A7#20261116T160000Z", "Monday lecture", "2026-11-16 16:00", "2026-11-16 18:00"),
    ]
    assert rows("category", "tags", "organiser__name", "location_name", "description")[0] == (
        "academic", ["Lecture", "Blue Category"], "Faculty of Science", "Room 2.14",
        "Slides will be online.\nBring questions; there is time.",
    )  # fmt: skip


def test_localist_places_categories_addresses_and_days_without_an_end():
    report = take_file("localist.ics")

    assert (counts(report), bad(report)) == ({"created": 2}, [])
    assert report.notes == ("1 events had 0;0 as place: taken as unknown",)
    fields = ("title", "start_at", "end_at", "latitude", "longitude", "category", "tags", "location_name", "url")
    assert rows("external_id", *fields) == [
        (
            "ics:tag:localist.com,2008:EventInstance_48101", "Jazz & Poetry: an evening", "2026-11-07 01:00",
            "2026-11-07 03:00", 44.5646, -123.2783, "music", ["Performing Arts", "Free food"],
            "Memorial Union, Great Hall", "https://events.campus.example/event/jazz_poetry",
        ),
        (
            "ics:tag:localist.com,2008:EventInstance_48102", "Add/drop deadline", "2026-11-10 00:00",
            "2026-11-11 00:00", None, None, "academic", ["Academics"], "",
            "https://events.campus.example/event/deadline",
        ),
    ]  # fmt: skip
    assert rows("description")[0] == (
        "The students' big band plays, and poets answer.  Free; no tickets needed.\n\n"
        "More at https://events.campus.example/event/jazz_poetry",
    )


def test_meetup_groups_folded_texts_and_summer_time_that_ends_in_between():
    report = take_file("meetup.ics")

    assert (counts(report), bad(report)) == ({"created": 2}, [])
    assert rows("title", "start_at", "end_at", "organiser__name", "latitude", "location_name", "url") == [
        (
            "Beginners' night 🎲 — bring a friend, 初心者歓迎", "2026-10-30 23:30", "2026-10-31 01:30",
            "Chicago Go players", 41.88, "Library (230 S State St, Chicago, IL)",
            "https://www.meetup.com/chicago-go/events/300100200/",
        ),
        (
            "Beginners' night", "2026-11-07 00:30", "2026-11-07 02:30", None, 41.88, "",
            "https://www.meetup.com/chicago-go/events/300100201/",
        ),
    ]  # fmt: skip
    assert rows("description")[0] == (
        "Chicago Go players\nFriday, October 30 at 6:30 PM\n\nWe teach.\n\n"
        "https://www.meetup.com/chicago-go/events/300100200/",
    )


@pytest.mark.parametrize("name", ["google.ics", "outlook.ics", "localist.ics", "meetup.ics"])
def test_a_second_import_changes_nothing(name):
    created = counts(take_file(name))["created"]
    before = rows("pk", "external_id", "title", "start_at", "end_at", "status", "organiser_id", "created_at")

    report = take_file(name)

    assert (counts(report), bad(report)) == ({"unchanged": created}, [])
    assert rows("pk", "external_id", "title", "start_at", "end_at", "status", "organiser_id", "created_at") == before
