"""The entries of a calendar: what a VEVENT says, checked, in the terms of the events."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import vRecur

from api.fields import TIMES
from events.importing.components import Component
from events.importing.details import details_of, organiser_of
from events.importing.properties import Added, BadProperty, Property, Time, properties_of
from events.importing.report import Findings
from events.importing.zones import Zones

# An entry with one of these unreadable would stand at a wrong time, or for another entry.
_ONCE = ("UID", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "SEQUENCE", "STATUS")
_NEEDED = frozenset((*_ONCE, "RRULE", "RDATE", "EXDATE", "EXRULE"))
_DETAILS = ("SUMMARY", "DESCRIPTION", "X-ALT-DESC", "LOCATION", "GEO", "URL", "ORGANIZER", "CATEGORIES")
_WANTED = _NEEDED | {"LAST-MODIFIED", "DTSTAMP", *_DETAILS}
_UID_MAX = 1_000
_RULES_MAX = 10


@dataclass(frozen=True)
class Recurrence:
    """Which occurrence of its series an entry is about: where it began at first; `and_later`: and all after it."""

    of: Time
    and_later: bool


@dataclass(frozen=True)
class Entry:
    """A VEVENT: which one it is and how new, when it takes place and how often, and the values of the event.

    `start` is None only where an entry cancels what it names.
    """

    where: str
    uid: str
    recurrence: Recurrence | None
    sequence: int
    modified_at: datetime | None
    start: Time | None
    end: Time | None
    rules: tuple[vRecur, ...]
    added: tuple[Added, ...]
    left_out: tuple[Time, ...]
    is_cancelled: bool
    values: dict[str, Any]
    organiser: str

    @property
    def version(self) -> tuple[int, datetime]:
        """What says which of two entries is the newer one."""
        return self.sequence, self.modified_at or TIMES[0]


@dataclass(frozen=True)
class Refused:
    """An entry that is not taken: what of it could be read, so that nothing else is taken to be it.

    `uid` is empty if it has none, None if that cannot be read.
    """

    uid: str | None
    recurrence: Recurrence | None


def moment_of(value: Time, zone: tzinfo) -> datetime:
    """Return when a time is, and when a date begins in a zone; OverflowError outside the years 1 to 9999."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zone)
    return value.astimezone(UTC)


def entry_from(
    component: Component, zones: Zones, name: str, findings: Findings, *, cancels: bool = False
) -> Entry | Refused:
    """Return what a VEVENT says; Refused, and a finding, if it is not right. `cancels`: its calendar's METHOD does."""
    reading = _Reading(component, name, findings)
    try:
        return reading.entry(zones, cancels=cancels)
    except (BadProperty, _BadEntry) as error:
        findings.refuse(reading.where, str(error))
        return Refused(reading.uid, reading.recurrence)


class _BadEntry(Exception):
    """An entry does not fit together: the message says how."""


class _Reading:
    """One entry while it is read: what is known of it so far is told if it turns out bad."""

    def __init__(self, component: Component, name: str, findings: Findings) -> None:
        self.notes = findings.notes
        self.uid: str | None = None
        self.recurrence: Recurrence | None = None
        self.found: dict[str, list[Property]] = defaultdict(list)
        self.bad: list[BadProperty] = []
        for item in properties_of(component.lines, _WANTED):
            if isinstance(item, Property):
                self.found[item.name].append(item)
            elif item.name in _NEEDED:
                self.bad.append(item)
            else:
                self.notes["properties were left out: they cannot be read"] += 1
        # No longer of use to look into: a look leaves no empty list behind.
        self.found = dict(self.found)
        self.where = f"{name}, line {component.number}, VEVENT{self._called()}"

    def _called(self) -> str:
        title = self.found["SUMMARY"][0].text if "SUMMARY" in self.found else ""
        uid = self.found["UID"][0].text if "UID" in self.found else ""
        shown = " ".join(title.split())[:60]
        return (f' "{shown}"' if shown else "") + (f" (UID {uid.strip()[:60]})" if uid.strip() else "")

    def entry(self, zones: Zones, *, cancels: bool) -> Entry:
        """Return the entry; BadProperty or _BadEntry if there is something wrong with it."""
        uid = self._one("UID")
        if uid is None and any(item.name == "UID" for item in self.bad):
            raise self.bad[0]
        self.uid = uid.text.strip()[: _UID_MAX + 1] if uid else ""
        if not 0 < len(self.uid) <= _UID_MAX:
            raise _BadEntry("It has no UID (or one of over 1,000 characters): a second import would not know it again.")
        again = self._one("RECURRENCE-ID")
        if again:
            later = str(again.parameters.get("RANGE", "")).upper() == "THISANDFUTURE"
            self.recurrence = Recurrence(again.time(zones), later)
        if self.bad:
            raise self.bad[0]
        if "EXRULE" in self.found:
            raise _BadEntry("It has an EXRULE, which iCalendar no longer has; write the exceptions as EXDATE.")
        start, end = self._stretch(zones, needed=not cancels)
        status, sequence = self._one("STATUS"), self._one("SEQUENCE")
        if len(self.found.get("RRULE", ())) > _RULES_MAX:
            raise _BadEntry(f"It has more than {_RULES_MAX} rules (RRULE).")
        return Entry(
            where=self.where,
            uid=self.uid,
            recurrence=self.recurrence,
            sequence=sequence.number if sequence else 0,
            modified_at=self._modified_at(zones),
            start=start,
            end=end,
            rules=tuple(rule.rule for rule in self.found.get("RRULE", ())),
            added=tuple(time for listed in self.found.get("RDATE", ()) for time in listed.times(zones)),
            left_out=tuple(self._left_out(zones)),
            is_cancelled=cancels or (status is not None and status.text.strip().upper() == "CANCELLED"),
            values=details_of(self.found, self.notes),
            organiser=organiser_of(self.found, self.notes),
        )

    def _one(self, name: str) -> Property | None:
        found = self.found.get(name, [])
        if len(found) > 1:
            raise found[1].wrong("is there twice.")
        return found[0] if found else None

    def _left_out(self, zones: Zones) -> list[Time]:
        listed = [time for exceptions in self.found.get("EXDATE", ()) for time in exceptions.times(zones)]
        return [time for time in listed if isinstance(time, date)]

    def _modified_at(self, zones: Zones) -> datetime | None:
        for name in ("LAST-MODIFIED", "DTSTAMP"):
            for stamp in self.found.get(name, ()):
                try:
                    return moment_of(stamp.time(zones), UTC)
                except (BadProperty, OverflowError):
                    self.notes[f"times of change ({name}) were left out: they cannot be read"] += 1
        return None

    def _stretch(self, zones: Zones, *, needed: bool) -> tuple[Time | None, Time | None]:
        begin, finish, length = (self._one(name) for name in ("DTSTART", "DTEND", "DURATION"))
        if begin is None:
            if needed:
                raise _BadEntry("It has no DTSTART: there is no telling when it takes place.")
            return None, None
        start = begin.time(zones)
        try:
            end = finish.time(zones) if finish else None
            if finish is None and length is not None:
                end = _after(start, length.duration, zones.floating)
            if end is not None and isinstance(start, datetime) != isinstance(end, datetime):
                start, end = moment_of(start, zones.floating), moment_of(end, zones.floating)
            first = moment_of(start, zones.floating)
            last = first if end is None else moment_of(end, zones.floating)
        except OverflowError as error:
            raise begin.wrong("is not within the years 1 to 9999.") from error
        if last < first:
            raise (finish or begin).wrong("is before DTSTART.")
        if not TIMES[0] <= first <= last <= TIMES[1]:
            raise begin.wrong("is not within the years 1 to 9999.")
        return start, end


def _after(start: Time, length: timedelta, zone: tzinfo) -> Time:
    """Return the end: days go by the calendar, hours by the clock that never changes (RFC 5545, 3.3.6)."""
    if not isinstance(start, datetime):
        if not length.seconds:
            return start + length
        start = datetime.combine(start, time(), zone)
    days = start + timedelta(days=length.days)
    return (days.astimezone(UTC) + timedelta(seconds=length.seconds)).astimezone(start.tzinfo)
