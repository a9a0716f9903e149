"""Tests of the facts of an event, imported from calendars and tables."""

import csv
from datetime import datetime
from decimal import Decimal
from io import StringIO
from zoneinfo import ZoneInfo

import pytest

from api.csv_export import csv_of
from events.admin.event import EventAdmin
from events.models import Event
from events.tests.factories import EventFactory
from events.tests.importing.reading import NOW, bad, calendar, counts, rows, take

pytestmark = pytest.mark.django_db
FACTS = ("address", "time_zone", "attendance", "price_min", "price_max", "currency", "language", "minimum_age")
LISBON = "X-WR-TIMEZONE:Europe/Lisbon"


@pytest.mark.parametrize(
    ("start", "own", "zone"),
    [
        ("DTSTART;TZID=Europe/Lisbon:20261024T203000", "", "Europe/Lisbon"),
        ("DTSTART;TZID=GMT Standard Time:20261024T203000", "", "Europe/London"),
        ("DTSTART;TZID=/vendor.example/2026/Europe/Lisbon:20261024T203000", "", "Europe/Lisbon"),
        ("DTSTART;TZID=America/New_York:20261024T203000", LISBON, "America/New_York"),
        ("DTSTART:20261024T203000", LISBON, "Europe/Lisbon"),
        ("DTSTART:20261024T203000Z", LISBON, "Europe/Lisbon"),
        ("DTSTART;VALUE=DATE:20261024", LISBON, "Europe/Lisbon"),
        ("DTSTART:20261024T203000Z", "", None),
        ('DTSTART;TZID="UTC+02:00":20261024T203000', "", None),
    ],
)
def test_zone_of_the_start_is_the_events(start, own, zone):
    report = take(calendar(f"UID:a\nSUMMARY:A\n{start}", own=own))

    assert (bad(report), rows("time_zone")) == ([], [(zone,)])


def test_zone_of_the_command_is_that_of_events_without_one():
    take(calendar("UID:a\nSUMMARY:A\nDTSTART:20261024T203000"), zone=ZoneInfo("Europe/Lisbon"))

    assert rows("time_zone", "start_at") == [("Europe/Lisbon", "2026-10-24 19:30")]


def test_calendar_without_a_zone_leaves_the_one_that_staff_set():
    text = calendar("UID:a\nSUMMARY:A\nDTSTART:20261024T203000Z")
    take(text)
    Event.objects.update(time_zone="Europe/Lisbon", price_max=0, language="pt")

    assert counts(take(text)) == {"unchanged": 1}
    assert rows("time_zone", "price_max", "language") == [("Europe/Lisbon", 0, "pt")]


def test_series_keeps_its_hour_and_zone_across_the_clock_changes_of_both_places():
    weekly = "UID:a\nSUMMARY:A\nDTSTART;TZID=Europe/Lisbon:20261018T200000\nRRULE:FREQ=WEEKLY;COUNT=4"
    take(calendar(weekly, weekly.replace("UID:a", "UID:b").replace("Europe/Lisbon", "America/New_York")))

    local = [
        (zone, f"{datetime.fromisoformat(f'{start}Z').astimezone(ZoneInfo(zone)):%H:%M}")
        for zone, start in rows("time_zone", "start_at")
    ]
    assert sorted(local) == [("America/New_York", "20:00")] * 4 + [("Europe/Lisbon", "20:00")] * 4


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        ("LOCATION:Casa Lusa\\nRua Nova 3\\n1200 Lisboa", ("Casa Lusa", "Rua Nova 3, 1200 Lisboa", None, None)),
        ("LOCATION:Casa Lusa", ("Casa Lusa", "", None, None)),
        ("CONFERENCE;VALUE=URI:https://meet.example/a", ("", "", "ONLINE", "https://meet.example/a")),
        ("LOCATION:Online\nCONFERENCE;VALUE=URI:tel:+1-412-555-0123", ("Online", "", "ONLINE", None)),
        (
            "LOCATION:Hall\nURL:https://hall.example/\nCONFERENCE;VALUE=URI:https://meet.example/a",
            ("Hall", "", "MIXED", "https://hall.example/"),
        ),
    ],
)
def test_place_and_conference_of_a_calendar(properties, expected):
    report = take(calendar(f"UID:a\nSUMMARY:A\nDTSTART:20261024T203000Z\n{properties}"))

    assert (bad(report), report.notes) == ([], ())
    assert rows("location_name", "address", "attendance", "url") == [expected]


def test_export_of_the_admin_is_read_by_the_import():
    EventFactory(
        external_id="a", start_at=NOW.replace(month=12), address="Rua Nova 3, Lisboa", time_zone="Europe/Lisbon",
        attendance="MIXED", price_min=5, price_max=Decimal("12.5"), currency="EUR", language="pt-BR", minimum_age=18,
    )  # fmt: skip
    EventFactory(external_id="b", start_at=NOW.replace(month=12), price_min=0, price_max=0, minimum_age=0)
    EventFactory(external_id="c", start_at=NOW.replace(month=12))
    before = rows("title", "start_at", *FACTS)
    names = ["external_id", "title", "start_at", *(name for name in EventAdmin.export_columns if name in FACTS)]
    text = b"".join(csv_of(Event.objects.all(), names)).decode("utf-8-sig")
    text = text.replace("external_id", "event_id", 1)
    assert counts(take(text, name="town.csv")) == {"unchanged": 3}
    Event.objects.all().delete()

    report = take(text, name="town.csv")

    assert (bad(report), counts(report)) == ([], {"created": 3})
    assert rows("title", "start_at", *FACTS) == before
    assert next(csv.reader(StringIO(text)))[3:] == [name for name in EventAdmin.export_columns if name in FACTS]
    assert set(FACTS) <= set(EventAdmin.export_columns)


def test_time_of_a_row_is_in_its_zone():
    report = take(
        "event_id,title,start_at,time_zone\na,A,2026-10-24 20:30,europe/lisbon\nb,B,2026-10-26 20:30,Europe/Lisbon\n"
        "c,C,2026-10-27 20:30,\n",
        name="town.csv",
    )

    assert (bad(report), rows("start_at", "time_zone")) == ([], [
        ("2026-10-24 19:30", "Europe/Lisbon"), ("2026-10-26 20:30", "Europe/Lisbon"), ("2026-10-27 20:30", None),
    ])  # fmt: skip


def test_prices_with_decimal_commas():
    take("event_id;title;start_at;price_min;price_max;currency\na;A;24.10.2026 20:30;5;12,50;eur\n", name="town.csv")

    assert rows("price_min", "price_max", "currency") == [(5, Decimal("12.5"), "EUR")]


@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        ("price_max", "-1", "is no number of 0 or more with at most two decimals."),
        ("price_max", "1.005", "is no number of 0 or more with at most two decimals."),
        ("price_max", "1e3", "is no number of 0 or more with at most two decimals."),
        ("price_max", "5", "needs a currency: add one, like EUR."),
        ("currency", "XYZ", "is unknown. Write a currency's code of ISO 4217, like EUR, GBP or USD."),
        ("time_zone", "Lisbon", "is unknown. Write a time zone's name of the IANA database, like Europe/Lisbon or America/New_York."),
        ("attendance", "here", "is unknown. Write one of: IN_PERSON, ONLINE, MIXED."),
        ("language", "Portuguese", "is unknown. Write a language's code, like en, pt or pt-BR (ISO 639, BCP 47)."),
        ("minimum_age", "121", "is no age in whole years, 0 to 120."),
        ("minimum_age", "1.5", "is no age in whole years, 0 to 120."),
    ],
)  # fmt: skip
def test_bad_fact_of_a_table_is_named(column, value, why):
    report = take(f"event_id,title,start_at,{column}\na,A,2026-10-24 20:30,{value}\n", name="town.csv")

    assert bad(report) == [f'town.csv, line 2, column {column}: "{value}" {why}']
    assert Event.objects.count() == 0


def test_lowest_price_above_the_highest_is_named():
    report = take("event_id,title,start_at,price_min,price_max,currency\na,A,2026-10-24,3,2,EUR\n", name="town.csv")

    assert bad(report) == ['town.csv, line 2, column price_max: "2" is below price_min.']
