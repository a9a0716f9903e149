"""Tests of what exporters write and people publish, each imported twice: the second time nothing changes."""

from zoneinfo import ZoneInfo

import pytest

from events.models import Event
from events.tests.importing.reading import bad, calendar, counts, rows, starts, take

pytestmark = pytest.mark.django_db
_EXCHANGE = "UID:market\nSUMMARY:Market\nDTSTART;VALUE=DATE:20261203\nDTEND;VALUE=DATE:20261204\n"
_CHOIR = "UID:choir\nSUMMARY:Choir\nDTSTART;TZID=America/New_York:20261201T200000\nRRULE:FREQ=WEEKLY;COUNT=3"
_LATER = "UID:choir\nSUMMARY:Later\nDTSTART;TZID=America/New_York:20261208T213000\n"
_EVENING = "DTSTART:20261005T180000Z"
_GMT_WITH_SUMMER_TIME = """BEGIN:VTIMEZONE
TZID:GMT
BEGIN:STANDARD
DTSTART:20001029T020000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10
TZOFFSETFROM:+0100
TZOFFSETTO:+0000
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:20000326T010000
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3
TZOFFSETFROM:+0000
TZOFFSETTO:+0100
END:DAYLIGHT
END:VTIMEZONE"""
_BERLIN_OF_ONE_YEAR = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:DAYLIGHT
DTSTART:20260329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:20261025T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE"""


def take_twice(text, **options):
    """Import a text twice, check that the second time changes nothing, and return the first report."""
    fields = [field.attname for field in Event._meta.concrete_fields]
    first = take(text, **options)
    before = rows("pk", *fields)
    again = take(text, **options)
    assert (again.bad, again.notes, rows("pk", *fields)) == (first.bad, first.notes, before)
    assert counts(again).keys() <= {"unchanged", "outside"}
    return first


def test_a_day_of_an_all_day_series_is_cancelled_by_its_midnight_in_a_named_zone():
    report = take_twice(calendar(
        f"{_EXCHANGE}RRULE:FREQ=WEEKLY;COUNT=4;BYDAY=TH",
        "UID:market\nRECURRENCE-ID;TZID=W. Europe Standard Time:20261217T000000\nDTSTART;VALUE=DATE:20261217\n"
        "DTEND;VALUE=DATE:20261218\nSTATUS:CANCELLED",
    ))  # fmt: skip

    assert (counts(report), bad(report), report.notes[1:]) == ({"created": 4}, [], ())
    assert rows("start_at", "end_at", "status") == [
        ("2026-12-03 00:00", "2026-12-04 00:00", "OPEN"),
        ("2026-12-10 00:00", "2026-12-11 00:00", "OPEN"),
        ("2026-12-17 00:00", "2026-12-18 00:00", "CANCELLED"),
        ("2026-12-24 00:00", "2026-12-25 00:00", "OPEN"),
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "UTC"])
@pytest.mark.parametrize(
    "named",
    ["VALUE=DATE:20261210", "TZID=Asia/Tokyo:20261210T000000", "X-A=1:20261210T000000", "X-A=1:20261210T000000Z"],
)
def test_a_day_of_an_all_day_series_is_named_in_any_form(zone, named):
    take_twice(calendar(
        f"{_EXCHANGE}RRULE:FREQ=WEEKLY;COUNT=2",
        f"UID:market\nSUMMARY:Late market\nRECURRENCE-ID;{named}\nDTSTART;VALUE=DATE:20261211",
        own=f"X-WR-TIMEZONE:{zone}",
    ))  # fmt: skip

    assert rows("title", "external_id") == [
        ("Market", "ics:market#20261203"), ("Late market", "ics:market#20261210"),
    ]  # fmt: skip


def test_an_exception_in_utc_leaves_out_one_of_two_showings_a_day():
    film = (
        "UID:film\nSUMMARY:Film\nDTSTART;TZID=America/New_York:20261201T150000\nRRULE:FREQ=DAILY;COUNT=6;BYHOUR=15,20"
    )

    report = take_twice(calendar(f"{film}\nEXDATE:20261202T200000Z"))

    assert counts(report) == {"created": 5}
    assert starts() == [
        "2026-12-01 20:00", "2026-12-02 01:00", "2026-12-03 01:00", "2026-12-03 20:00", "2026-12-04 01:00",
    ]  # fmt: skip


@pytest.mark.parametrize("day", ["VALUE=DATE:20261202", "TZID=America/New_York:20261202T000000"])
def test_an_exception_for_a_day_leaves_out_all_of_its_showings(day):
    film = (
        "UID:film\nSUMMARY:Film\nDTSTART;TZID=America/New_York:20261201T150000\nRRULE:FREQ=DAILY;COUNT=6;BYHOUR=15,20"
    )

    take_twice(calendar(f"{film}\nEXDATE;{day}"))

    assert starts() == ["2026-12-01 20:00", "2026-12-02 01:00", "2026-12-03 20:00", "2026-12-04 01:00"]


@pytest.mark.parametrize(
    "named",
    [
        ":20261208T200000", ";TZID=America/New_York:20261208T200000", ":20261209T010000Z",
        ";TZID=Europe/Berlin:20261209T020000", ";VALUE=DATE:20261208", ":20261208T200000-0500",
    ],
)  # fmt: skip
def test_an_exception_in_any_zone_or_none_changes_the_same_event(named):
    take(calendar(_CHOIR))
    keys = [key for (key,) in rows("pk")]

    report = take_twice(calendar(_CHOIR, f"{_LATER}RECURRENCE-ID{named}"))

    assert (counts(report), bad(report)) == ({"updated": 1, "unchanged": 2}, [])
    assert rows("pk", "title", "start_at", "status") == [
        (keys[0], "Choir", "2026-12-02 01:00", "OPEN"),
        (keys[1], "Later", "2026-12-09 02:30", "OPEN"),
        (keys[2], "Choir", "2026-12-16 01:00", "OPEN"),
    ]


def test_a_single_event_that_becomes_a_series_stays_the_same_event(django_user_model):
    single = _CHOIR.replace("\nRRULE:FREQ=WEEKLY;COUNT=3", "")
    take(calendar(single))
    saved = Event.objects.get()
    saved.interactions.create(user=django_user_model.objects.create_user("ana"), action="SAVE")

    grown = take_twice(calendar(_CHOIR))

    assert counts(grown) == {"updated": 1, "created": 2}
    assert rows("title", "series")[0] == ("Choir", "ics:choir")
    assert Event.objects.order_by("start_at", "pk").first() == saved
    shrunk = take_twice(calendar(single))
    assert counts(shrunk) == {"updated": 1, "cancelled": 2}
    saved.refresh_from_db()
    assert (saved.external_id, saved.series, saved.status, saved.interactions.count()) == ("ics:choir", None, "OPEN", 1)


def test_a_single_event_that_becomes_a_series_at_another_time_is_its_first_occurrence():
    take(calendar("UID:choir\nSUMMARY:Choir\nDTSTART:20261201T190000Z"))
    key = Event.objects.get().pk

    assert counts(take_twice(calendar(_CHOIR))) == {"updated": 1, "created": 2}

    assert rows("pk", "start_at")[0] == (key, "2026-12-02 01:00")


def test_the_files_own_definition_of_a_zone_wins_where_it_contradicts_the_name():
    report = take_twice(calendar("UID:a\nDTSTART;TZID=GMT:20270723T102000", own=_GMT_WITH_SUMMER_TIME))

    assert (bad(report), starts()) == ([], ["2027-07-23 09:20"])


def test_a_definition_that_ends_says_nothing_about_later_years():
    take_twice(calendar("UID:a\nDTSTART;TZID=Europe/Berlin:20270723T102000", own=_BERLIN_OF_ONE_YEAR))

    assert starts() == ["2027-07-23 08:20"]


def test_a_definition_without_summer_time_wins_too():
    fixed = _BERLIN_OF_ONE_YEAR.partition("BEGIN:STANDARD")
    fixed = "BEGIN:VTIMEZONE\nTZID:Europe/Berlin\n" + "".join(fixed[1:]).replace("20261025T", "19700101T")

    take_twice(calendar("UID:a\nDTSTART;TZID=Europe/Berlin:20270723T102000", own=fixed))

    assert starts() == ["2027-07-23 09:20"]


ZONES = {
    "calendar's": ("DTSTART:20261214T190000", "X-WR-TIMEZONE:(UTC+01:00) Amsterdam, Berlin", "2026-12-14 19:00", (
        '1 calendars have an unknown time zone (X-WR-TIMEZONE), "(UTC+01:00) Amsterdam, Berlin": UTC was used',
    )),
    "start's": ("DTSTART;TZID=Mars/Olympus:20261214T190000", "X-WR-TIMEZONE:Europe/Berlin", "2026-12-14 18:00", (
        '1 times have an unknown time zone, "Mars/Olympus": the one of DTSTART or of the calendar was used',
    )),
    "exception's": (
        "DTSTART;TZID=Asia/Tokyo:20261214T190000\nRRULE:FREQ=DAILY;COUNT=2\nEXDATE;TZID=Nowhere:20261215T190000", "",
        "2026-12-14 10:00",
        ('1 times have an unknown time zone, "Nowhere": the one of DTSTART or of the calendar was used',),
    ),
    "a path": ("DTSTART;TZID=../../etc/passwd:20261214T190000", "", "2026-12-14 19:00", (
        '1 times have an unknown time zone, "../../etc/passwd": the one of DTSTART or of the calendar was used',
    )),
    "Outlook's UTC": ("DTSTART;TZID=(UTC) Coordinated Universal Time:20261214T200000", "", "2026-12-14 20:00", ()),
    "lower case": ("DTSTART;TZID=europe/berlin:20261214T200000", "", "2026-12-14 19:00", ()),
    "an offset": ("DTSTART:20261214T154000-0500", "", "2026-12-14 20:40", ()),
    "an offset's name": ('DTSTART;TZID="UTC+02:00":20261214T154000', "", "2026-12-14 13:40", ()),
    "the calendar's own": ("DTSTART:20270723T102000", f"X-WR-TIMEZONE:GMT\n{_GMT_WITH_SUMMER_TIME}", "2027-07-23 09:20", ()),
}  # fmt: skip


@pytest.mark.parametrize("what", ZONES)
def test_the_zone_of_a_time_is_its_own_else_the_starts_else_the_calendars(what):
    entry, own, expected, notes = ZONES[what]

    report = take_twice(calendar(f"UID:a\nSUMMARY:A\n{entry}", own=own))

    assert (starts(), bad(report), report.notes) == ([expected], [], notes)


def test_the_calendars_zone_takes_precedence_over_the_commands():
    text = calendar("UID:a\nSUMMARY:A\nDTSTART:20261214T190000", own="X-WR-TIMEZONE:Europe/Berlin")

    take_twice(text, zone=ZoneInfo("Asia/Tokyo"))
    assert starts() == ["2026-12-14 18:00"]
    take_twice(text.replace("X-WR-TIMEZONE:Europe/Berlin\r\n", ""), zone=ZoneInfo("Asia/Tokyo"))
    assert starts() == ["2026-12-14 10:00"]


@pytest.mark.parametrize("name", ["RRULE", "DTEND", "DURATION", "SEQUENCE", "RECURRENCE-ID", "EXDATE", "RDATE", "STATUS",
                                  "GEO", "URL", "CLASS", "LOCATION", "DESCRIPTION", "CATEGORIES", "LAST-MODIFIED"])  # fmt: skip
def test_an_empty_property_is_as_if_absent(name):
    report = take_twice(calendar(f"UID:a\nSUMMARY:A\n{_EVENING}\n{name}:"))

    assert (counts(report), bad(report), report.notes) == ({"created": 1}, [], ())
    assert rows("external_id", "start_at", "end_at") == [("ics:a", "2026-10-05 18:00", None)]


@pytest.mark.parametrize("secret", ["PRIVATE", "CONFIDENTIAL", "X-OWN"])
def test_private_events_are_left_out(secret):
    private = f"UID:b\nSUMMARY:B\n{_EVENING}\nCLASS:{secret}"

    report = take_twice(calendar(f"UID:a\nSUMMARY:A\n{_EVENING}\nCLASS:public", private))

    assert (bad(report), rows("title")) == ([], [("A",)])
    assert report.notes == ("1 events were left out: their CLASS is not PUBLIC",)


def test_an_event_that_becomes_private_is_cancelled():
    take(calendar(_CHOIR))

    report = take_twice(calendar(_CHOIR, f"{_LATER}RECURRENCE-ID:20261209T010000Z\nCLASS:PRIVATE"))

    assert counts(report) == {"unchanged": 2, "cancelled": 1}
    assert rows("title", "status") == [("Choir", "OPEN"), ("Choir", "CANCELLED"), ("Choir", "OPEN")]


DAYS = {
    "the end is the start": "DTEND;VALUE=DATE:20261220",
    "no length": "DURATION:P0D",
    "no end": "TRANSP:OPAQUE",
    "a day": "DTEND;VALUE=DATE:20261221",
}


@pytest.mark.parametrize("what", DAYS)
def test_a_day_without_a_length_is_the_whole_day(what):
    entry = f"UID:a\nSUMMARY:A\nDTSTART;VALUE=DATE:20261220\n{DAYS[what]}"

    take_twice(
        calendar(
            entry, f"{entry}\nRRULE:FREQ=WEEKLY;COUNT=2".replace("UID:a", "UID:b"), own="X-WR-TIMEZONE:Europe/Berlin"
        )
    )

    assert rows("external_id", "start_at", "end_at") == [
        ("ics:a", "2026-12-19 23:00", "2026-12-20 23:00"),
        ("ics:b#20261220", "2026-12-19 23:00", "2026-12-20 23:00"),
        ("ics:b#20261227", "2026-12-26 23:00", "2026-12-27 23:00"),
    ]  # fmt: skip


def test_quoted_printable_is_decoded():
    text = calendar(
        f"UID:a\n{_EVENING}\nSUMMARY;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:F=C3=BCr=20alle\n"
        "LOCATION;CHARSET=ISO-8859-1;ENCODING=QUOTED-PRINTABLE:Stra=DFe=201\n"
        "CATEGORIES;ENCODING=QUOTED-PRINTABLE:Caf=C3=A9,music\nX-IGNORED:=\n"
        "DESCRIPTION;ENCODING=QUOTED-PRINTABLE:From six.=0D=0A=\nPlease be on time, =\n  really, f=C3=\n =BCr alle.\n"
        "URL;ENCODING=quoted-printable:https://town.example/?a=3D1"
    )

    report = take_twice(text)

    assert (bad(report), report.notes) == ([], ())
    assert rows("title", "location_name", "category", "tags", "url", "description") == [
        (
            "Für alle", "Straße 1", "music", ["Café"], "https://town.example/?a=1",
            "From six.\nPlease be on time,  really, für alle.",
        )
    ]  # fmt: skip


def test_a_property_in_its_own_charset_or_base64_is_decoded():
    text = calendar(
        f"UID:a\n{_EVENING}\nSUMMARY;CHARSET=windows-1252:Caf?\nDESCRIPTION;ENCODING=BASE64:RnVyIGFsbGU=\n"
        "LOCATION;CHARSET=martian:?"
    )  # fmt: skip

    report = take_twice(text.encode().replace(b"?", b"\xe9"))

    assert (rows("title", "description"), report.notes) == (
        [("Café", "Fur alle")], ("1 properties were left out: they cannot be read",),
    )  # fmt: skip


def test_html_entities_are_text_in_every_property():
    take_twice(calendar(
        f"UID:a\n{_EVENING}\nSUMMARY:Rock &amp\\; Roll &#8211; Caf&eacute; Night &copy=1 &nosuch; AT&T\n"
        "DESCRIPTION:Fish &amp; chips.&lt;p&gt;Doors&lt;/p&gt;\nLOCATION:The <b>Fox</b> &amp; Hounds\n"
        'CATEGORIES:Food &amp; Drink,R&amp;B\nORGANIZER;CN="Tom &amp; Co":mailto:t@x.example\n'
        "URL:https://x.example/?a=1&amp;b=2&copy=3"
    ))  # fmt: skip

    assert rows("title", "description", "location_name", "category", "tags", "organiser__name", "url") == [
        (
            "Rock & Roll – Café Night &copy=1 &nosuch; AT&T", "Fish & chips.\n\nDoors", "The Fox & Hounds", "food",
            ["Food & Drink", "R&B"], "Tom & Co", "https://x.example/?a=1&b=2&copy=3",
        )
    ]  # fmt: skip


@pytest.mark.parametrize("blank", ["", "\\n", "&nbsp;", "<p> </p>", "\u200b"])
def test_a_blank_description_leaves_the_alternative(blank):
    take_twice(calendar(
        f"UID:a\n{_EVENING}\nDESCRIPTION:{blank}\nX-ALT-DESC;FMTTYPE=text/html:<HTML><BODY>\\n<P>Doors at <B>six</B>.</P></BODY>"
    ))  # fmt: skip

    assert rows("description") == [("Doors at six.",)]


def test_semicolons_separate_the_columns_of_a_table():
    report = take_twice(
        "event_id;title;start_at;end_at;lat;lng;series\nx1;Konzert, Teil 2;05.12.2026 19:30;5.12.2026 22:00;52,52;13,405;s1\n",
        name="town.csv",
    )

    assert (counts(report), bad(report)) == ({"created": 1}, [])
    assert rows("title", "start_at", "end_at", "latitude", "longitude", "series") == [
        ("Konzert, Teil 2", "2026-12-05 19:30", "2026-12-05 22:00", 52.52, 13.405, "s1")
    ]


def test_rows_of_only_commas_are_ignored():
    report = take_twice("event_id,title,start_at\nx1,Fine,2026-12-05 19:30\n,,\n , ,\n,\n\n", name="town.csv")

    assert (counts(report), bad(report), rows("title")) == ({"created": 1}, [], [("Fine",)])
