"""The occurrences of a series within a window: its rules, exceptions and overrides applied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from icalendar import Calendar, Event, vRecur
from recurring_ical_events import CalendarQuery

from events.importing.entries import Entry, moment_of
from events.importing.properties import Time
from events.importing.rules import BadRule, bounded, is_too_many

# Of one series, in the window.
OCCURRENCES_MAX = 1_000
# Under this name the library carries along which entry an occurrence is of.
_PLACE = "X-PLACE"
# An all-day event may begin this much before or after the same date in UTC.
_A_DAY = timedelta(days=1)
# Whatever a change of all later ones moves into the window begins at most so much after it.
_MOVED_MAX = timedelta(days=31)
_MIDNIGHT = time()


@dataclass(frozen=True)
class Window:
    """From when, and until when, what takes place is taken."""

    start: datetime
    end: datetime

    def holds(self, start: datetime, end: datetime | None) -> bool:
        """Say whether something takes place in the window, wholly or partly."""
        return start < self.end and (start >= self.start or (end is not None and end > self.start))


@dataclass(frozen=True)
class Occurrence:
    """One event: the entry that tells of it, when it is, and by which original start its series knows it.

    Outside the window only those are told that an entry of their own names.
    """

    entry: Entry
    start: datetime
    end: datetime | None
    recurrence: str | None
    is_inside: bool


def occurrences_of(entries: Sequence[Entry], window: Window, zone: tzinfo) -> list[Occurrence]:
    """Return the occurrences of the entries of one UID, by start; BadRule if there is no following them.

    The entries are at most one without a RECURRENCE-ID, and one for each with it. Dates begin at midnight in `zone`.
    """
    core = next((entry for entry in entries if entry.recurrence is None), None)
    if len(entries) == 1 and core is not None and not core.rules and not core.added:
        return [_single(core, window, zone)]
    series = _Series(entries, core, window, zone)
    found = {occurrence.recurrence: occurrence for occurrence in series.inside()}
    if len(found) > OCCURRENCES_MAX:
        raise _too_many()
    for occurrence in series.named():
        found.setdefault(occurrence.recurrence, occurrence)
    return sorted(found.values(), key=lambda occurrence: (occurrence.start, occurrence.recurrence or ""))


def recurrence_text(of: Time, core: Entry | None, zone: tzinfo) -> str:
    """Return by which text an occurrence is known: its original start, a date for a series of dates, else in UTC."""
    known = _like_core(of, core, zone)
    return f"{known:%Y%m%d}" if not isinstance(known, datetime) else f"{known.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _single(entry: Entry, window: Window, zone: tzinfo) -> Occurrence:
    assert entry.start is not None
    end = entry.end
    if end is None and not isinstance(entry.start, datetime):
        end = entry.start + _A_DAY
    return _placed(entry, entry.start, end, None, window, zone)


def _placed(
    entry: Entry, start: Time, end: Time | None, recurrence: str | None, window: Window, zone: tzinfo
) -> Occurrence:
    begin, finish = moment_of(start, zone), None if end is None else moment_of(end, zone)
    # What takes no time has no end.
    finish = finish if finish and finish > begin else None
    return Occurrence(entry, begin, finish, recurrence, window.holds(begin, finish))


@dataclass(frozen=True)
class _Series:
    """The entries of one UID, the one without a RECURRENCE-ID among them, if there is one."""

    entries: Sequence[Entry]
    core: Entry | None
    window: Window
    zone: tzinfo

    def inside(self) -> Iterator[Occurrence]:
        """Yield the occurrences in the window."""
        calendar = Calendar()
        for place, entry in enumerate(self.entries):
            calendar.add_component(self._component(entry, place))
        # In the zone of dates, so that the library compares them where they begin.
        first = (self.window.start - _A_DAY).astimezone(self.zone)
        last = (self.window.end + _A_DAY).astimezone(self.zone)
        try:
            found = CalendarQuery(calendar).between(first, last)
        except (ValueError, TypeError, OverflowError) as error:
            raise BadRule(f"It cannot be followed ({str(error)[:80]}).") from error
        for component in found:
            occurrence = self._occurrence(component, self.entries[int(component[_PLACE])])
            if occurrence.is_inside:
                yield occurrence

    def named(self) -> Iterator[Occurrence]:
        """Yield what entries of their own name, unless the series leaves it out."""
        left_out = {moment_of(self._as_core(one), self.zone) for one in self.core.left_out} if self.core else set()
        for entry in self.entries:
            if entry.recurrence is None or entry.recurrence.and_later or entry.start is None:
                continue
            of = self._as_core(entry.recurrence.of)
            if moment_of(of, self.zone) not in left_out:
                known = recurrence_text(of, self.core, self.zone)
                single = _single(entry, self.window, self.zone)
                yield replace(single, recurrence=known)

    def _component(self, entry: Entry, place: int) -> Event:
        """Return an entry as the library takes it: only what says when, with rules that end."""
        assert entry.start is not None
        component = Event()
        component.add("UID", "series")
        component.add(_PLACE, str(place))
        component.add("DTSTART", entry.start)
        if entry.end is not None:
            component.add("DTEND", entry.end)
        for added in entry.added:
            component.add("RDATE", [added])
        for left_out in entry.left_out:
            component.add("EXDATE", [left_out])
        if entry.recurrence is None:
            for rule in self._rules(entry, entry.start):
                component.add("RRULE", rule)
        else:
            parameters = {"RANGE": "THISANDFUTURE"} if entry.recurrence.and_later else {}
            component.add("RECURRENCE-ID", self._as_core(entry.recurrence.of), parameters=parameters)
        return component

    def _rules(self, entry: Entry, start: Time) -> Iterator[vRecur]:
        length = timedelta() if entry.end is None else moment_of(entry.end, self.zone) - moment_of(start, self.zone)
        for rule in entry.rules:
            short = bounded(rule, start, self.window.end + _MOVED_MAX, self.zone)
            if short is None:
                continue
            if is_too_many(short, start, after=self.window.start - length, most=2 * OCCURRENCES_MAX, zone=self.zone):
                raise _too_many()
            yield short

    def _occurrence(self, component: Any, entry: Entry) -> Occurrence:
        start, original = component["DTSTART"].dt, component["RECURRENCE-ID"].dt
        if entry.recurrence is not None and entry.recurrence.and_later and entry.start is not None:
            # The library names each by the first one that was moved: by as much as that, this one was moved too.
            first = moment_of(self._as_core(entry.recurrence.of), self.zone)
            original = moment_of(start, self.zone) - (moment_of(entry.start, self.zone) - first)
        known = recurrence_text(original, self.core, self.zone)
        return _placed(entry, start, component["DTEND"].dt, known, self.window, self.zone)

    def _as_core(self, of: Time) -> Time:
        return _like_core(of, self.core, self.zone)


def _too_many() -> BadRule:
    return BadRule(f"It takes place more than {OCCURRENCES_MAX:,} times in the window. Take a shorter one: --until.")


def _like_core(of: Time, core: Entry | None, zone: tzinfo) -> Time:
    """Return an original start in the kind that the series has.

    Some programs name an occurrence that has a time by its date, or, as Outlook does, by the midnight before it.
    """
    start = core.start if core else None
    if isinstance(start, datetime) and isinstance(of, datetime) and start.time() != _MIDNIGHT:
        here = of.astimezone(start.tzinfo)
        of = here.date() if here.time() == _MIDNIGHT else of
    if start is None or isinstance(of, datetime) == isinstance(start, datetime):
        return of
    if isinstance(of, datetime):
        return of.astimezone(zone).date()
    assert isinstance(start, datetime)
    return datetime.combine(of, start.time(), start.tzinfo)
