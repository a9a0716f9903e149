"""The import of one source, from its bytes to its report."""

from dataclasses import dataclass
from datetime import datetime

from events.importing.calendars import calendar_plan
from events.importing.plan import Bad, Defaults, Findings, Window, Written
from events.importing.source import Source
from events.importing.tables import table_plan
from events.importing.writing import write

CALENDAR_SUFFIXES = (".ics", ".ical", ".ifb", ".icalendar")
TABLE_SUFFIXES = (".csv",)


@dataclass(frozen=True)
class ImportReport:
    """What an import wrote, the entries it could not import, and its warnings."""

    written: Written
    bad: tuple[Bad, ...]
    notes: tuple[str, ...]


def import_events(source: Source, window: Window, defaults: Defaults, *, now: datetime, dry_run: bool) -> ImportReport:
    """Import what takes place in a window from a calendar or a table; Unreadable if it is neither.

    Everything is written in one transaction, or with `dry_run` nothing.
    """
    findings = Findings()
    plan_of = calendar_plan if is_calendar(source) else table_plan
    plan = plan_of(source, window, defaults, findings)
    written = write(plan, window, now=now, dry_run=dry_run)
    notes = tuple(f"{number:,} {what}" for what, number in sorted(findings.notes.items()))
    return ImportReport(findings.counted(written), tuple(findings.bad), notes)


def is_calendar(source: Source) -> bool:
    """Return whether a source is a calendar, by its name, else by how it begins."""
    name = source.name.lower()
    if name.endswith(TABLE_SUFFIXES):
        return False
    return name.endswith(CALENDAR_SUFFIXES) or source.data.lstrip()[:15].upper() == b"BEGIN:VCALENDAR"
