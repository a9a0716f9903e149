"""What an iCalendar file wants written: its entries by series, each series within the window."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

from events.importing.components import Calendar, calendars_of
from events.importing.content_lines import lines_of
from events.importing.defaults import Defaults
from events.importing.drafts import (
    Cancellation,
    Draft,
    Organised,
    Plan,
    SeriesRead,
    Version,
    external_id_of,
    series_of,
)
from events.importing.entries import Entry, Refused, entry_from
from events.importing.occurrences import Occurrence, Window, occurrences_of, recurrence_text
from events.importing.properties import Property, properties_of
from events.importing.report import Findings
from events.importing.rules import BadRule
from events.importing.source import Source, Unreadable
from events.importing.zones import Zones, by_name, definitions_in

_OWN = frozenset(("METHOD", "X-WR-TIMEZONE", "CALSCALE"))


def calendar_plan(source: Source, window: Window, defaults: Defaults, findings: Findings) -> Plan:
    """Return what a file of calendars wants written; Unreadable if there is no calendar in it."""
    calendars = calendars_of(lines_of(source.data), source.name, findings)
    if not calendars:
        raise Unreadable(f"{source.name}: no iCalendar file, for it has no BEGIN:VCALENDAR.")
    planning = _Planning(source.name, window, defaults, findings)
    for calendar in calendars:
        planning.take(calendar)
    return Plan(tuple(planning.drafts.values()), tuple(planning.series), tuple(planning.cancellations))


@dataclass
class _Planning:
    """What is to be written, as it is found; no event twice."""

    name: str
    window: Window
    defaults: Defaults
    findings: Findings
    drafts: dict[str, Draft] = field(default_factory=dict)
    series: list[SeriesRead] = field(default_factory=list)
    cancellations: list[Cancellation] = field(default_factory=list)

    def take(self, calendar: Calendar) -> None:
        """Plan what a calendar wants."""
        found = properties_of(calendar.lines, _OWN)
        own = {item.name: item.text.strip() for item in found if isinstance(item, Property)}
        if own.get("CALSCALE", "GREGORIAN").upper() != "GREGORIAN":
            self.findings.refuse(f"{self.name}, line {calendar.number}, VCALENDAR", "Its CALSCALE is not GREGORIAN.")
            return
        zone = self.defaults.zone or by_name(own.get("X-WR-TIMEZONE", "")) or UTC
        cancels = own.get("METHOD", "").upper() == "CANCEL"
        read = list(self._read(calendar, zone, cancels=cancels))
        if cancels:
            self.cancellations += [_taken_back(entry, zone) for entry in read if isinstance(entry, Entry)]
            return
        taken: defaultdict[str, list[Entry]] = defaultdict(list)
        refused: defaultdict[str | None, list[Refused]] = defaultdict(list)
        for entry in read:
            if isinstance(entry, Entry):
                taken[entry.uid].append(entry)
            else:
                refused[entry.uid].append(entry)
        # An entry that cannot be read, not even its UID, may be of any series.
        whole = calendar.whole and None not in refused
        for uid, entries in taken.items():
            bad = refused.get(uid, [])
            self._plan(entries, bad, zone, whole=whole and all(one.recurrence is not None for one in bad))

    def _read(self, calendar: Calendar, zone: tzinfo, *, cancels: bool) -> Iterator[Entry | Refused]:
        zones = Zones(definitions_in(calendar.components), floating=zone)
        for component in calendar.components:
            if component.kind == "VEVENT":
                yield entry_from(component, zones, self.name, self.findings, cancels=cancels)
            elif component.kind != "VTIMEZONE":
                self.findings.notes[f"{component.kind} were left out: only VEVENT is an event"] += 1

    def _plan(self, entries: list[Entry], refused: list[Refused], zone: tzinfo, *, whole: bool) -> None:
        """Plan one series: of entries for the same occurrence the newest is taken."""
        core = self._newest([entry for entry in entries if entry.recurrence is None])
        again: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.recurrence is not None:
                again[recurrence_text(entry.recurrence.of, core, zone)].append(entry)
        taken = [*filter(None, (core, *(self._newest(same) for same in again.values())))]
        if any(one.recurrence is not None and one.recurrence.and_later for one in refused):
            self.findings.refuse(taken[0].where, "A change of later occurrences cannot be read: it stays as it was.")
            return
        try:
            occurrences = occurrences_of(taken, self.window, zone)
        except BadRule as error:
            self.findings.refuse((core or taken[0]).where, str(error))
            return
        series = series_of(taken[0].uid)
        bad = {recurrence_text(one.recurrence.of, core, zone) for one in refused if one.recurrence is not None}
        for occurrence in occurrences:
            if occurrence.recurrence not in bad:
                self._draft(series, occurrence)
        if not occurrences:
            self.findings.outside += 1
        if core is not None and whole:
            kept = {occurrence.recurrence for occurrence in occurrences} | bad
            self.series.append(SeriesRead(series, frozenset(external_id_of(series, known) for known in kept)))

    def _newest(self, entries: list[Entry]) -> Entry | None:
        """Return the newest of entries that are for the same occurrence; tell of those that cannot both be right."""
        if not entries:
            return None
        newest = max(entries, key=lambda entry: entry.version)
        for entry in entries:
            if entry is newest:
                continue
            if entry.version < newest.version:
                self.findings.notes["older versions of an entry in the same file were passed over"] += 1
            elif replace(entry, where=newest.where) == newest:
                self.findings.notes["entries that are in the same file twice were taken once"] += 1
            else:
                self.findings.refuse(entry.where, f"Its UID is taken, and neither is newer: {newest.where}.")
        return newest

    def _draft(self, series: str, occurrence: Occurrence) -> None:
        entry = occurrence.entry
        key = external_id_of(series, occurrence.recurrence)
        if key in self.drafts:
            self.findings.refuse(entry.where, "Its UID is taken by an entry of another calendar in the same file.")
            return
        values = {**entry.values, "start_at": occurrence.start, "end_at": occurrence.end}
        organiser = entry.organiser or self.defaults.organiser
        self.drafts[key] = Draft(
            external_id=key,
            values=self.defaults.filled(values),
            organiser=Organised(None, organiser) if organiser else None,
            series=series,
            version=Version(entry.sequence, entry.modified_at),
            is_cancelled=entry.is_cancelled,
            is_inside=occurrence.is_inside,
        )


def _taken_back(entry: Entry, zone: tzinfo) -> Cancellation:
    series = series_of(entry.uid)
    known = None if entry.recurrence is None else recurrence_text(entry.recurrence.of, None, zone)
    which = None if known is None else external_id_of(series, known)
    return Cancellation(series, which, Version(entry.sequence, entry.modified_at))
