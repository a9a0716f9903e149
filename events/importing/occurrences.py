"""The occurrences of a series in a window: its rules, exceptions and overrides, compared as moments in UTC."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import islice

from dateutil.rrule import rrulestr
from icalendar import vRecur

from api.fields import TIMES
from events.importing.entries import Entry, moment_of
from events.importing.plan import Window
from events.importing.properties import Time

# Of one series, in the window.
OCCURRENCES_MAX = 1_000
# A change of all later occurrences may move them into the window from this far away.
_MOVED_MAX = timedelta(days=31)
_DAY = timedelta(days=1)
# The most steps (days, hours, …) of a rule from its start to the end of the window: daily rules may have begun in 1600.
_STEPS_MAX = 200_000
# The seconds of a step of each frequency, and how many occurrences a step may have.
_FREQUENCIES = {
    "SECONDLY": (1, 1), "MINUTELY": (60, 1), "HOURLY": (3_600, 1), "DAILY": (86_400, 1), "WEEKLY": (604_800, 7),
    "MONTHLY": (2_592_000, 31), "YEARLY": (31_536_000, 366),
}  # fmt: skip
# The parts of which a rule may name several within one step.
_WITHIN = {"SECONDLY": (), "MINUTELY": ("BYSECOND",), "HOURLY": ("BYSECOND", "BYMINUTE")}
_WITHIN_A_DAY = ("BYSECOND", "BYMINUTE", "BYHOUR")
# The largest value of each part; negative ones count from the end (RFC 5545, 3.3.10). dateutil looks for days that
# never come until the year 9999.
_LARGEST = {"BYMONTH": 12, "BYMONTHDAY": 31, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}


class BadRule(Exception):
    """A series cannot be expanded: the message says why."""


@dataclass(frozen=True)
class Occurrence:
    """One event: the entry that describes it, when it takes place, and its original start, None if it does not recur.

    Outside the window there are only occurrences that have an entry of their own.
    """

    entry: Entry
    start: datetime
    end: datetime | None
    original: Time | None
    is_inside: bool


class Series:
    """The entries of one UID: `core`, the one without a RECURRENCE-ID, if there is one, and those that change it."""

    def __init__(self, core: Entry | None, window: Window, zone: tzinfo, *, overrides: bool, moves_later: bool) -> None:
        """Expand the rules of the core; BadRule if that is impossible. Dates begin at midnight in `zone`."""
        self.core = core
        self.recurs = overrides or (core is not None and bool(core.rules or core.added))
        start = core.start if core else None
        self.is_timed = isinstance(start, datetime)
        self.zone = (start.tzinfo if isinstance(start, datetime) else None) or zone
        self._window = window
        self._margin = _MOVED_MAX if moves_later else timedelta()
        # When each occurrence originally starts, in UTC, and by the clock of the series' zone.
        self._starts: dict[datetime, datetime] = {}
        # The ends of added periods, by their start.
        self._ends: dict[datetime, datetime] = {}
        if core is not None:
            self._expand(core)
        excluded = core.excluded if core else ()
        self._excluded = {moment_of(self.original(one), self.zone) for one in excluded}
        # Without a time, an exception means the whole day.
        self._excluded_days = {day for one in excluded if (day := self._day_of(one))}

    def original(self, of: Time) -> Time:
        """Return an original start in the form that the series has: a date, or a time in UTC.

        Some programs name an occurrence that has a time by its date or, as Outlook does, by the midnight before it; and
        one that is a date by a time.
        """
        if self.core is None or self.core.start is None:
            return moment_of(of, self.zone) if isinstance(of, datetime) else of
        day = self._day_of(of)
        if day is None:
            return moment_of(of, self.zone)
        if not self.is_timed:
            return day
        same_day = [moment for moment, local in sorted(self._starts.items()) if local.date() == day]
        return same_day[0] if same_day else moment_of(datetime.combine(day, _clock(self.core.start)), self.zone)

    def _day_of(self, of: Time) -> date | None:
        """Return the day that an original start names; None if it names a time in a series of times."""
        if not isinstance(of, datetime):
            return of
        assert self.core is not None
        assert self.core.start is not None
        local = moment_of(of, self.zone).astimezone(self.zone)
        is_named = of.tzinfo is not UTC and of.time() == time()
        if not self.is_timed:
            # In UTC it may be a midnight here, or be written like one.
            return of.date() if of.tzinfo is not UTC or (of.time() == time() != local.time()) else local.date()
        if local.astimezone(UTC) in self._starts or _clock(self.core.start) == time():
            return None
        if local.time() == time():
            return local.date()
        return of.date() if is_named else None

    def occurrences(self, overrides: Mapping[Time, Entry]) -> list[Occurrence]:
        """Return the occurrences by start; `overrides` has the entry that changes each original start."""
        if not self.recurs:
            assert self.core is not None
            assert self.core.start is not None
            return [self._placed(self.core, self.core.start, self.core.end, None)]
        changes = [
            (moment_of(of, self.zone), entry)
            for of, entry in overrides.items()
            if self.core is not None and entry.recurrence is not None and entry.recurrence.and_later
        ]
        changes.sort(key=lambda change: change[0])
        own = {of: entry for of, entry in overrides.items() if all(entry is not change for _, change in changes)}
        placed = [self._own(entry, of) for of, entry in own.items() if not self._is_excluded(of)]
        for moment, local in self._starts.items():
            of: Time = moment if self.is_timed else local.date()
            if of not in own and not self._is_excluded(of):
                change = next((change for change in reversed(changes) if change[0] <= moment), None)
                occurrence = self._regular(moment, local, of, change)
                if occurrence.is_inside:
                    placed.append(occurrence)
        if sum(occurrence.is_inside for occurrence in placed) > OCCURRENCES_MAX:
            raise _too_many()
        return sorted(placed, key=lambda occurrence: (occurrence.start, str(occurrence.original)))

    def _is_excluded(self, of: Time) -> bool:
        local = moment_of(of, self.zone).astimezone(self.zone)
        return local.astimezone(UTC) in self._excluded or local.date() in self._excluded_days

    def _own(self, entry: Entry, of: Time) -> Occurrence:
        assert entry.start is not None
        return self._placed(entry, entry.start, entry.end, of)

    def _regular(
        self, moment: datetime, local: datetime, of: Time, change: tuple[datetime, Entry] | None
    ) -> Occurrence:
        """Return an occurrence without an entry of its own: as the core has it, or the last change of later ones."""
        assert self.core is not None
        assert self.core.start is not None
        entry = self.core
        if change is not None and change[1].start is not None:
            entry = change[1]
            # By the clock: from eight to nine in the evening, also where the clocks have changed in between.
            local += self._local(change[1].start) - change[0].astimezone(self.zone).replace(tzinfo=None)
        start: Time = local.replace(tzinfo=self.zone) if isinstance(entry.start, datetime) else local.date()
        end: Time | None = None
        if moment in self._ends:
            end = self._ends[moment]
        elif entry.end is not None and entry.start is not None:
            # By the clock, too: a night that ends at six does so when the clocks change.
            last = local + (self._local(entry.end) - self._local(entry.start))
            end = last.replace(tzinfo=self.zone) if isinstance(entry.end, datetime) else last.date()
        return self._placed(entry, start, end, of)

    def _placed(self, entry: Entry, start: Time, end: Time | None, of: Time | None) -> Occurrence:
        begins_at = moment_of(start, self.zone)
        ends_at = None if end is None else moment_of(end, self.zone)
        # What takes no time has no end.
        ends_at = ends_at if ends_at and ends_at > begins_at else None
        return Occurrence(entry, begins_at, ends_at, of, self._window.holds(begins_at, ends_at))

    def _local(self, value: Time) -> datetime:
        """Return a time by the clock of the series' zone, without a zone; of a date its midnight."""
        return moment_of(value, self.zone).astimezone(self.zone).replace(tzinfo=None)

    def _expand(self, core: Entry) -> None:
        assert core.start is not None
        start = self._local(core.start)
        length = timedelta() if core.end is None else self._local(core.end) - start
        first = _shifted(self._window.start, -(length + self._margin + _DAY))
        self._add(start, first)
        for rule in core.rules:
            for local in self._rule_starts(rule, start):
                self._add(local, first)
                if len(self._starts) > 2 * OCCURRENCES_MAX:
                    raise _too_many()
        for added in core.added:
            begin, end = added if isinstance(added, tuple) else (added, None)
            if isinstance(begin, datetime) == self.is_timed:
                local = self._local(begin)
            elif self.is_timed:
                local = datetime.combine(begin, _clock(core.start))
            else:
                local = datetime.combine(begin, time())
            moment = self._add(local, first)
            if end is not None:
                self._ends[moment] = moment + end if isinstance(end, timedelta) else moment_of(end, self.zone)

    def _add(self, local: datetime, first: datetime) -> datetime:
        moment = moment_of(local, self.zone)
        if first <= moment:
            self._starts.setdefault(moment, local)
        return moment

    def _rule_starts(self, rule: vRecur, start: datetime) -> Iterator[datetime]:
        """Yield when the occurrences of a rule start, by the clock, until the end of the window."""
        last = _shifted(self._window.end, self._margin + _DAY)
        until = _until(rule, self.zone)
        bound = min(last, until or last)
        begin = moment_of(start, self.zone)
        if bound < begin:
            return
        count = _number(rule, "COUNT")
        _check(rule, bound - begin, count)
        parts = vRecur({name: value for name, value in rule.items() if name.upper() not in ("COUNT", "UNTIL")})
        # A day more, because the clock of the zone is not that of UTC; the moments are compared below.
        parts["UNTIL"] = [_shifted(bound.astimezone(self.zone).replace(tzinfo=None), _DAY)]
        try:
            for local in islice(rrulestr(parts.to_ical().decode(), dtstart=start), count):
                if moment_of(local, self.zone) > bound:
                    return
                yield local
        except (ValueError, TypeError, OverflowError) as error:
            raise BadRule(f"RRULE cannot be followed ({str(error)[:80]}).") from error


def _clock(value: Time) -> time:
    return value.time() if isinstance(value, datetime) else time()


def _shifted(moment: datetime, by: timedelta) -> datetime:
    """Return a moment moved, at most to the first or last one that may be stored."""
    first, last = (limit.replace(tzinfo=moment.tzinfo) for limit in TIMES)
    return moment + min(max(by, first - moment), last - moment)


def _too_many() -> BadRule:
    return BadRule(f"It takes place more than {OCCURRENCES_MAX:,} times in the window. Take a shorter one: --until.")


def _check(rule: vRecur, length: timedelta, count: int | None) -> None:
    """Raise BadRule for a rule that takes too long to expand, or names days that no year has."""
    interval = _number(rule, "INTERVAL") or 1
    frequency = str(rule["FREQ"][0]).upper()
    if frequency not in _FREQUENCIES:
        raise BadRule(f"RRULE has an unknown FREQ: {frequency[:20]}.")
    for part, largest in _LARGEST.items():
        values = rule.get(part) or ()
        if values and frequency in _WITHIN:
            raise BadRule(
                f"RRULE has a {part} in a rule that repeats {frequency}. Write it with FREQ=DAILY and BYHOUR."
            )
        if any(not 1 <= abs(int(value)) <= largest for value in values):
            raise BadRule(f"RRULE has a {part} that is not from 1 to {largest}.")
    seconds, days = _FREQUENCIES[frequency]
    for part in _WITHIN.get(frequency, _WITHIN_A_DAY):
        days *= len(rule.get(part, ())) or 1
    is_plain = not any(str(part).upper().startswith("BY") for part in rule)
    steps = (length.total_seconds() / (seconds * interval) + 1) * days
    if (min(steps, count) if count and is_plain else steps) > _STEPS_MAX:
        raise BadRule(f"RRULE repeats too often to be followed ({frequency}): more than {_STEPS_MAX:,} steps.")


def _number(rule: vRecur, part: str) -> int | None:
    values = rule.get(part)
    if not values:
        return None
    if len(values) != 1 or not 1 <= int(values[0]) <= 1_000_000:
        raise BadRule(f"RRULE has an {part} that is not one number from 1 to 1,000,000.")
    return int(values[0])


def _until(rule: vRecur, zone: tzinfo) -> datetime | None:
    """Return the moment of UNTIL: a date includes its whole day, a time without a zone is in that of the start."""
    values = rule.get("UNTIL")
    if not values:
        return None
    until = values[0]
    try:
        if isinstance(until, datetime):
            return moment_of(until, zone)
        if isinstance(until, date):
            return moment_of(datetime.combine(until, time(23, 59, 59)), zone)
    except OverflowError:
        # Later than anything, and the window ends before.
        return None
    raise BadRule("RRULE has an UNTIL that is no time.")
