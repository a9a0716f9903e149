"""The time zones of a calendar: names of the tz database and of Windows, and the calendar's own definitions."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.importing.components import Component
from events.importing.plan import Window

# How often the clocks of a zone change: a rule that says more than one day a year would take for ever to be followed.
_RULE = re.compile(
    r"RRULE[^:]*:(?=[^:]*FREQ=YEARLY)((FREQ=YEARLY|INTERVAL=1|BYMONTH=\d+|BYDAY=[+-]?\d?[A-Z]{2}|WKST=[A-Z]{2}|COUNT=\d+"
    r"|BYMONTHDAY=-?\d+(,-?\d+){0,6}|UNTIL=\d{8}(T\d{6}Z?)?|BYHOUR=\d+|BYMINUTE=\d+|BYSECOND=\d+);?)+",
    re.IGNORECASE,
)
# What icalendar and dateutil raise for a wrong definition.
_UNUSABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, AssertionError)
_UTC_NAMES = ("UTC", "GMT", "Z", "(UTC) Coordinated Universal Time", "Coordinated Universal Time")
_FIXED_OFFSET = re.compile(r"(?:UTC|GMT)([+-])(\d\d?)(?::?([0-5]\d))?", re.IGNORECASE)
_WEEK, _YEAR = timedelta(days=7), timedelta(days=365)
# A definition is compared with the tz database once a week, for at most twelve years between these.
_EARLIEST, _LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9900, 1, 1, tzinfo=UTC)
_WEEKS_A_YEAR = 53
_WEEKS_MAX = 11 * _WEEKS_A_YEAR


class Zones:
    """The zones that times of one calendar may name; `default` is the one of times that name none."""

    def __init__(
        self, components: Iterable[Component], window: Window, *, default: tzinfo, notes: Counter[str]
    ) -> None:
        """Take the components of the calendar, and the zone of times for which it names none."""
        self._definitions = _definitions_in(components)
        self._window = window
        self._known: dict[str, tzinfo | None] = {}
        self._notes = notes
        self.default = default

    def set_default(self, name: str) -> None:
        """Take the calendar's X-WR-TIMEZONE as the default; a warning if it is unknown."""
        zone = self.named(name) if name else None
        if name and zone is None:
            self._notes[
                f'calendars have an unknown time zone (X-WR-TIMEZONE), "{name[:80]}": {self.default} was used'
            ] += 1
        self.default = zone or self.default

    def of_time(self, name: str, otherwise: tzinfo | None) -> tzinfo | None:
        """Return the zone of a time with this TZID; a warning and `otherwise` if it is unknown."""
        zone = self.named(name)
        if zone is None:
            what = "the one of DTSTART or of the calendar was used"
            self._notes[f'times have an unknown time zone, "{name[:80]}": {what}'] += 1
        return zone or otherwise

    def named(self, name: str) -> tzinfo | None:
        """Return the zone of a name; None if it is unknown.

        The tz database is used, also for names of Windows, unless the calendar's own definition contradicts it: a
        definition often has the rules of this year only. A name with a vendor's prefix
        ("/vendor.example/20260101/Europe/Berlin") is known by its end (RFC 5545, 3.2.19).
        """
        if name not in self._known:
            known, defined = by_name(name), self._definition(name)
            if defined is not None and (known is None or self._contradicts(name, defined, known)):
                known = defined
            self._known[name] = known or _ending_of(name)
        return self._known[name]

    def _definition(self, name: str) -> tzinfo | None:
        """Return the calendar's usable definition of a zone."""
        text = self._definitions.get(name)
        if text is None:
            return None
        rules = re.findall(r"^RRULE.*$", text, re.MULTILINE | re.IGNORECASE)
        try:
            if not all(_RULE.fullmatch(rule.strip()) for rule in rules):
                raise ValueError("a rule that is not a day of each year")
            definition = Timezone.from_ical(text)
            assert isinstance(definition, Timezone)
            zone = tzp.create_timezone(definition)
            # Looks for its transitions, and fails without any.
            self._window.start.astimezone(zone)
            _extent(text)
        except _UNUSABLE as error:
            self._notes[f'definitions of time zones (VTIMEZONE "{name[:80]}") cannot be read: {str(error)[:80]}'] += 1
            return None
        return zone

    def _contradicts(self, name: str, defined: tzinfo, known: tzinfo) -> bool:
        """Return whether a definition has other offsets, around the window, than the tz database.

        Transitions that end say nothing about later times.
        """
        first, last = _extent(self._definitions[name])
        start = min(max(self._window.start, _EARLIEST), _LATEST) - _YEAR
        weeks = min(max((self._window.end - start) // _WEEK, 0), _WEEKS_MAX) + _WEEKS_A_YEAR
        moments = (start + number * _WEEK for number in range(weeks))
        return any(
            moment.astimezone(defined).utcoffset() != moment.astimezone(known).utcoffset()
            for moment in moments
            if first <= moment and (last is None or moment < last)
        )


def _extent(text: str) -> tuple[datetime, datetime | None]:
    """Return the day of a definition's first transition, and of the last if there are several and they end."""
    lines = re.findall(r"^(?:DTSTART|RDATE|RRULE).*$", text, re.MULTILINE | re.IGNORECASE)
    days = [day for line in lines for day in re.findall(r"(?<!\d)\d{8}(?!\d)", line)]
    transitions = [datetime.combine(date.fromisoformat(day), time(), UTC) for day in days]
    rules = [line.upper() for line in lines if line.upper().startswith("RRULE")]
    is_endless = any("UNTIL=" not in rule and "COUNT=" not in rule for rule in rules)
    counts = [int(count) for rule in rules for count in re.findall(r"COUNT=(\d{1,4})", rule)]
    is_one = len(transitions) == 1
    return min(transitions), None if is_endless or is_one else max(transitions) + max(counts, default=0) * _YEAR


@cache
def _names() -> dict[str, str]:
    """Return the names of the tz database by each known name in lower case."""
    windows = {name.lower(): zone for name, zone in WINDOWS_TO_OLSON.items()}
    return windows | {name.lower(): name for name in available_timezones()}


def by_name(name: str) -> tzinfo | None:
    """Return the zone that the tz database, or Windows, has under a name, or of a fixed offset; None if unknown."""
    plain = name.strip().strip("/")
    if plain.lower() in {utc.lower() for utc in _UTC_NAMES}:
        return UTC
    if fixed := _FIXED_OFFSET.fullmatch(plain):
        hours, minutes = int(fixed[2]), int(fixed[3] or 0)
        offset = timedelta(hours=hours, minutes=minutes) * (-1 if fixed[1] == "-" else 1)
        return timezone(offset) if hours < 24 else None
    known = _names().get(plain.lower())
    return None if known is None else ZoneInfo(known)


def _definitions_in(components: Iterable[Component]) -> Mapping[str, str]:
    """Return the text of each VTIMEZONE by its TZID."""
    texts: dict[str, str] = {}
    for component in components:
        if component.kind == "VTIMEZONE":
            lines = [line.data.decode("utf-8", "replace") for line in component.lines]
            name = next(filter(None, (re.fullmatch(r"TZID[^:]*:(.*)", line, re.IGNORECASE) for line in lines)), None)
            if name:
                text = "\r\n".join(("BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE", ""))
                texts.setdefault(name[1].strip(), text)
    return texts


def _ending_of(name: str) -> tzinfo | None:
    parts = name.strip("/").split("/")
    if not name.startswith("/"):
        return None
    return next((zone for start in range(1, len(parts)) if (zone := by_name("/".join(parts[start:])))), None)
