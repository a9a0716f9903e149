"""The plan of an iCalendar file: its entries by UID, and the events of each in the window."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo

from events.importing.components import Calendar, calendars_of, lines_of
from events.importing.entries import Entry, Refused, entry_from, moment_of
from events.importing.occurrences import BadRule, Occurrence, Series
from events.importing.plan import (
    Cancellation,
    CompleteSeries,
    Defaults,
    Draft,
    Findings,
    NamedOrganiser,
    Plan,
    Version,
    Window,
    uid_key_of,
)
from events.importing.properties import Property, Time, properties_of
from events.importing.source import Source, Unreadable
from events.importing.zones import Zones

_OWN = frozenset(("METHOD", "X-WR-TIMEZONE", "CALSCALE"))


def calendar_plan(source: Source, window: Window, defaults: Defaults, findings: Findings) -> Plan:
    """Return the plan of a file of calendars; Unreadable if there is no calendar in it."""
    calendars = calendars_of(lines_of(source.data), source.name, findings)
    if not calendars:
        raise Unreadable(f"{source.name}: no iCalendar file, for it has no BEGIN:VCALENDAR.")
    planning = _Planning(source.name, window, defaults, findings)
    for calendar in calendars:
        planning.add(calendar)
    return Plan(tuple(planning.drafts.values()), tuple(planning.complete), tuple(planning.cancellations))


@dataclass
class _Planning:
    """A plan while the calendars are read; no event twice."""

    name: str
    window: Window
    defaults: Defaults
    findings: Findings
    drafts: dict[str, Draft] = field(default_factory=dict)
    complete: list[CompleteSeries] = field(default_factory=list)
    cancellations: list[Cancellation] = field(default_factory=list)

    def add(self, calendar: Calendar) -> None:
        """Add what a calendar says."""
        properties = properties_of(calendar.lines, _OWN)
        own = {item.name: item.text.strip() for item in properties if isinstance(item, Property)}
        if own.get("CALSCALE", "GREGORIAN").upper() != "GREGORIAN":
            self.findings.refuse(f"{self.name}, line {calendar.number}, VCALENDAR", "Its CALSCALE is not GREGORIAN.")
            return
        zones = Zones(calendar.components, self.window, default=self.defaults.zone, notes=self.findings.notes)
        zones.set_default(own.get("X-WR-TIMEZONE", ""))
        cancels = own.get("METHOD", "").upper() == "CANCEL"
        entries = list(self._entries(calendar, zones, cancels=cancels))
        if cancels:
            self.cancellations += [_cancellation(one, zones.default) for one in entries if isinstance(one, Entry)]
            return
        good: defaultdict[str, list[Entry]] = defaultdict(list)
        refused: defaultdict[str | None, list[Refused]] = defaultdict(list)
        for entry in entries:
            if isinstance(entry, Entry):
                good[entry.uid].append(entry)
            else:
                refused[entry.uid].append(entry)
        # An entry that cannot be read, not even its UID, may be of any series.
        whole = calendar.whole and None not in refused
        for uid, of_uid in good.items():
            bad = refused.get(uid, [])
            try:
                self._plan(of_uid, bad, zones.default, whole=whole and all(one.recurrence is not None for one in bad))
            except (BadRule, OverflowError) as error:
                core = next((entry for entry in of_uid if entry.recurrence is None), of_uid[0])
                is_far = isinstance(error, OverflowError)
                self.findings.refuse(core.where, "It is not within the years 1 to 9999." if is_far else str(error))

    def _entries(self, calendar: Calendar, zones: Zones, *, cancels: bool) -> Iterator[Entry | Refused]:
        for component in calendar.components:
            if component.kind == "VEVENT":
                yield entry_from(component, zones, self.name, self.findings, cancels=cancels)
            elif component.kind != "VTIMEZONE":
                self.findings.notes[f"{component.kind} were left out: only VEVENT is an event"] += 1

    def _plan(self, entries: list[Entry], refused: list[Refused], zone: tzinfo, *, whole: bool) -> None:
        """Plan the events of one UID: of entries for the same occurrence, the newest counts."""
        core = self._newest([entry for entry in entries if entry.recurrence is None])
        changes = [entry for entry in entries if entry.recurrence is not None]
        if any(one.recurrence is not None and one.recurrence.and_later for one in refused):
            where = (core or entries[0]).where
            self.findings.refuse(where, "A change of later occurrences cannot be read: the series stays as it was.")
            return
        moves_later = any(one.recurrence is not None and one.recurrence.and_later for one in changes)
        series = Series(core, self.window, zone, overrides=bool(changes), moves_later=moves_later)
        same: defaultdict[Time, list[Entry]] = defaultdict(list)
        for entry in changes:
            if entry.recurrence is not None:
                same[series.original(entry.recurrence.of)].append(entry)
        overrides = {of: newest for of, several in same.items() if (newest := self._newest(several))}
        bad = {series.original(one.recurrence.of) for one in refused if one.recurrence is not None}
        key = uid_key_of(entries[0].uid)
        kept = {_external_id(key, of) for of in bad}
        occurrences = series.occurrences(overrides)
        for occurrence in occurrences:
            private = occurrence.entry.is_private
            if private or (private is None and core is not None and core.is_private):
                self.findings.notes["events were left out: their CLASS is not PUBLIC"] += 1
                continue
            draft = self._draft(key, occurrence, series)
            if draft.external_id not in kept:
                self._add(draft, occurrence.entry.where)
            kept.add(draft.external_id)
        if not occurrences:
            self.findings.outside += 1
        if core is not None and whole:
            self.complete.append(CompleteSeries(key, frozenset(kept)))

    def _newest(self, entries: list[Entry]) -> Entry | None:
        """Return the newest of entries for the same occurrence, and report those that contradict it."""
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

    def _draft(self, key: str, occurrence: Occurrence, series: Series) -> Draft:
        entry, of = occurrence.entry, occurrence.original
        values = {**entry.values, "start_at": occurrence.start, "end_at": occurrence.end}
        if of is not None:
            values["series"] = key
        organiser = entry.organiser or self.defaults.organiser
        # What a single event and an occurrence are called whose start is this, as a time and as a date.
        original_at = occurrence.start if of is None else moment_of(of, series.zone)
        names = [original_at, original_at.astimezone(series.zone).date()]
        external_id = _external_id(key, of)
        core = series.core
        return Draft(
            external_id=external_id,
            values=self.defaults.filled(values),
            organiser=NamedOrganiser(None, organiser) if organiser else None,
            uid_key=key,
            version=Version(entry.sequence, entry.modified_at),
            original_at=None if of is None else original_at,
            is_first=core is not None and core.start is not None and moment_of(core.start, series.zone) == original_at,
            former_ids=tuple(other for name in names if (other := _external_id(key, name)) != external_id),
            is_cancelled=entry.is_cancelled,
            is_inside=occurrence.is_inside,
        )

    def _add(self, draft: Draft, where: str) -> None:
        if draft.external_id in self.drafts:
            self.findings.refuse(where, "Its UID is taken by an entry of another calendar in the same file.")
        else:
            self.drafts[draft.external_id] = draft


def _external_id(key: str, of: Time | None) -> str:
    """Return the id of an occurrence: the key of its UID, and its original start in UTC, or as a date."""
    if of is None:
        return key
    return f"{key}#{of.astimezone(UTC):%Y%m%dT%H%M%SZ}" if isinstance(of, datetime) else f"{key}#{of:%Y%m%d}"


def _cancellation(entry: Entry, zone: tzinfo) -> Cancellation:
    key, version = uid_key_of(entry.uid), Version(entry.sequence, entry.modified_at)
    if entry.recurrence is None:
        return Cancellation(key, None, version)
    of = entry.recurrence.of
    here = entry.start.tzinfo if isinstance(entry.start, datetime) and entry.start.tzinfo else zone
    moment = moment_of(of, here)
    local = of if isinstance(of, datetime) and of.tzinfo not in (None, UTC) else moment.astimezone(here)
    names = {moment, local.date()} if _is_midnight(of, local) else {moment}
    return Cancellation(key, frozenset(_external_id(key, name) for name in names), version)


def _is_midnight(of: Time, local: datetime) -> bool:
    return not isinstance(of, datetime) or (local.hour, local.minute, local.second) == (0, 0, 0)
