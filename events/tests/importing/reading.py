"""Calendars written by hand, their import, and the events that it makes, for the tests."""

from datetime import UTC, datetime
from pathlib import Path

from events.importing.load import import_events
from events.importing.plan import Defaults, Window
from events.importing.source import Source
from events.models import Event

CALENDARS = Path(__file__).resolve().parent / "calendars"
NOW = datetime(2026, 10, 1, tzinfo=UTC)
YEAR = Window(NOW, datetime(2027, 10, 1, tzinfo=UTC))


def calendar(*entries, own=""):
    """Return a calendar of entries; each is what stands in a VEVENT, one property a line."""
    bodies = [f"BEGIN:VEVENT\n{entry.strip()}\nEND:VEVENT" for entry in entries]
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//test//EN", own, *bodies, "END:VCALENDAR", ""]
    return "\r\n".join(line for line in "\n".join(lines).split("\n") if line) + "\r\n"


def take(text, *, name="town.ics", window=YEAR, now=NOW, dry_run=False, **defaults):
    """Import a text, or bytes, and return the report."""
    data = text if isinstance(text, bytes) else text.encode()
    return import_events(Source(name, data), window, Defaults(**defaults), now=now, dry_run=dry_run)


def take_file(name, **options):
    """Import one of the calendars that are kept as files."""
    return take((CALENDARS / name).read_bytes(), name=name, **options)


def counts(report):
    """Return what an import wrote, without the zeros."""
    return {name: number for name, number in vars(report.written).items() if number}


def bad(report):
    """Return what was not taken, as it is reported."""
    return [str(one) for one in report.bad]


def rows(*names):
    """Return the named fields of all events, by start."""
    events = Event.objects.order_by("start_at", "external_id").values_list(*names)
    return [tuple(f"{one:%Y-%m-%d %H:%M}" if isinstance(one, datetime) else one for one in row) for row in events]


def starts():
    """Return when the events that are not cancelled begin, in UTC."""
    return [start for start, status in rows("start_at", "status") if status != "CANCELLED"]
