"""Calendars that are damaged at random: whatever is wrong in them, the import ends with a report."""

import os
from random import Random

import pytest

from events.importing.source import Unreadable
from events.models import Event
from events.tests.importing.reading import CALENDARS, YEAR, calendar, take

FILES = 2_000 if os.environ.get("HYPOTHESIS_PROFILE") == "long" else 100
_SERIES = calendar(
    "UID:s\nSUMMARY;ENCODING=QUOTED-PRINTABLE:F=C3=BCr=\n alle\nDTSTART;TZID=Europe/Berlin:20261005T180000\nDURATION:PT2H\n"
    "RRULE:FREQ=MONTHLY;BYDAY=1MO,-1FR;BYMONTH=1,2,10;BYSETPOS=1;UNTIL=20270301T000000Z;WKST=SU\nEXDATE;VALUE=DATE:20261101\n"
    "RDATE;VALUE=PERIOD:20261201T180000Z/PT1H,20261202T180000Z/20261202T190000Z\nGEO:1.5;2.5\nCLASS:PUBLIC",
    "UID:s\nSUMMARY:<b>Moved</b> &amp; <![CDATA[x]]>\nRECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20261005T180000\n"
    "DTSTART;VALUE=DATE:20261006\nSEQUENCE:3\nDTSTAMP:20261001T000000Z\nCATEGORIES:a,b\\,c",
    own="X-WR-TIMEZONE:Europe/Berlin",
)
_TEXTS = [_SERIES.encode(), *((CALENDARS / name).read_bytes() for name in ("google.ics", "outlook.ics", "meetup.ics"))]
_PIECES = (
    b"\0", b"\xff", b"\xe2\x80\xae", b":", b";", b",", b"=", b"\"", b"\\", b"\r\n", b"\r\n ", b"\n\n", b"99999999", b"-", b"0",
    b"RRULE:FREQ=YEARLY;INTERVAL=999999;COUNT=999999\r\n", b"RRULE:FREQ=SECONDLY\r\n", b"DTEND:00010101\r\n",
    b"RRULE:FREQ=DAILY;BYHOUR=;BYDAY=9XX;UNTIL=T;BYSETPOS=0\r\n", b"DTSTART:99991231T235959Z\r\n", b"DURATION:P99999999W\r\n",
    b"DTSTART;TZID=Asia/Tokyo:00010101T000000\r\n", b"RECURRENCE-ID:20261005\r\n", b"EXDATE:10000101,,19000101T000000\r\n",
    b"BEGIN:VEVENT\r\n", b"END:VCALENDAR\r\n", b"BEGIN:VTIMEZONE\r\nTZID:Europe/Berlin\r\nEND:VTIMEZONE\r\n", b"<![foo", b"&#0;",
    b"&#xD800;", b"&#1114112;", b"TZID=/x/Europe/Berlin", b"\xc2\x85", "\u2028".encode(), b"METHOD:CANCEL\r\n", b"T240000",
    b"RDATE;VALUE=PERIOD:20261201T180000Z/-PT1H,20261201T180000Z/P9999999D\r\n", b"+2359", b"SEQUENCE:2147483648\r\n",
    b"TZOFFSETTO:+9999\r\n", b"GEO:nan;inf\r\n", b"CREATED\r\n", b"RRULE:FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO;BYYEARDAY=366\r\n",
)  # fmt: skip


def damaged(random: Random) -> bytes:
    """Return a calendar with lines and pieces that are gone, twice, elsewhere or replaced."""
    data = random.choice(_TEXTS)
    for _ in range(random.choice((1, 1, 2, 5, 20))):
        at = random.randrange(len(data) + 1)
        kind = random.randrange(5)
        if kind == 0:
            data = data[:at] + random.choice(_PIECES) + data[at:]
        elif kind == 1:
            data = data[:at] + random.choice(_PIECES) + data[at + random.randrange(9) :]
        elif kind == 2:
            lines = data.split(b"\n")
            lines.insert(random.randrange(len(lines)), random.choice(lines))
            data = b"\n".join(lines)
        elif kind == 3:
            lines = data.split(b"\n")
            lines[random.randrange(len(lines))] = random.choice(_PIECES).strip()
            data = b"\n".join(lines)
        elif random.random() < 0.2:
            data = data[:at]
    return data


@pytest.mark.property
@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(0, FILES, 50))
def test_damaged_calendars_end_with_a_report(seed):
    for number in range(seed, seed + 50):
        data = damaged(Random(number))
        try:
            report = take(data)
        except Unreadable:
            continue
        except Exception as error:
            raise AssertionError(f"Calendar {number}: {error!r}\n{data!r}") from error
        assert all(str(one).startswith("town.ics, line ") for one in report.bad), number
        imported = Event.objects.filter(start_at__gte=YEAR.end).count()
        assert imported == 0, number
