"""The properties of a component, read with their types: RFC 5545, 3.3 and 3.8."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from icalendar import vDDDTypes, vDuration, vRecur
from icalendar.parser import Contentline, split_on_unescaped_comma, unescape_backslash

from events.importing.content_lines import Line
from events.importing.zones import UnknownZone, Zones

Time = date | datetime
# An added date may be a stretch of time of its own: its start, with its end or how long it lasts.
Added = Time | tuple[Time, Time | timedelta]
_NAME = re.compile(rb"[A-Za-z0-9-]+")


class BadProperty(Exception):
    """A property cannot be read: the message names it and its line."""

    def __init__(self, name: str, line: int, why: str) -> None:
        """Take which it is; `why` finishes the sentence."""
        self.name = name
        super().__init__(f"{name} (line {line}) {why}")


@dataclass(frozen=True)
class Property:
    """A property as it was written: its value still escaped."""

    name: str
    line: int
    parameters: Any
    raw: str

    def wrong(self, why: str) -> BadProperty:
        """Return the error that names this property."""
        return BadProperty(self.name, self.line, why)

    @property
    def text(self) -> str:
        """The value as text."""
        return str(unescape_backslash(self.raw))

    @property
    def texts(self) -> list[str]:
        """The value as a list of texts."""
        return [str(word) for word in split_on_unescaped_comma(self.raw)]

    @property
    def number(self) -> int:
        """The value as a whole number, 0 or more."""
        plain = self.raw.strip()
        if not (plain.isascii() and plain.isdigit() and len(plain) <= 9):
            raise self.wrong(f'is no number: "{plain[:40]}".')
        return int(plain)

    @property
    def rule(self) -> vRecur:
        """The value as a recurrence rule."""
        try:
            rule = vRecur.from_ical(self.raw.strip())
        except ValueError as error:
            raise self.wrong(f'is no rule: "{self.raw[:80]}".') from error
        if not isinstance(rule, vRecur) or len(rule.get("FREQ", ())) != 1:
            raise self.wrong(f'has no FREQ: "{self.raw[:80]}".')
        return rule

    @property
    def duration(self) -> timedelta:
        """The value as a duration; not below 0."""
        try:
            found: timedelta = vDuration.from_ical(self.raw.strip())
        except (ValueError, OverflowError) as error:
            raise self.wrong(f'is no duration: "{self.raw[:40]}".') from error
        if found < timedelta():
            raise self.wrong("is negative.")
        return found

    def time(self, zones: Zones) -> Time:
        """Return the value as a date, or as a time in its zone."""
        return self._time_in(self.raw.strip(), zones)

    def times(self, zones: Zones) -> list[Added]:
        """Return the value as a list of dates, times, or stretches of time."""
        return [self._added_in(piece.strip(), zones) for piece in self.raw.split(",") if piece.strip()]

    def _added_in(self, text: str, zones: Zones) -> Added:
        start, separator, rest = text.partition("/")
        if not separator:
            return self._time_in(text, zones)
        begin = self._time_in(start, zones)
        if not rest.startswith("P"):
            return begin, self._time_in(rest, zones)
        try:
            return begin, vDuration.from_ical(rest)
        except (ValueError, OverflowError) as error:
            raise self.wrong(f'is no time: "{text[:40]}".') from error

    def _time_in(self, text: str, zones: Zones) -> Time:
        try:
            found = vDDDTypes.from_ical(text)
        except (ValueError, OverflowError) as error:
            raise self.wrong(f'is no time: "{text[:40]}".') from error
        if not isinstance(found, date):
            raise self.wrong(f'is no time: "{text[:40]}".')
        if not isinstance(found, datetime) or found.tzinfo is not None:
            return found.astimezone(UTC) if isinstance(found, datetime) else found
        name = self.parameters.get("TZID")
        try:
            return found.replace(tzinfo=zones.floating if name is None else zones.named(str(name)))
        except UnknownZone as error:
            raise self.wrong(f"cannot be placed. {error}") from error


def properties_of(lines: Iterable[Line], wanted: frozenset[str]) -> Iterator[Property | BadProperty]:
    """Yield the wanted properties of a component, in their order; BadProperty for a line that is none."""
    for line in lines:
        found = _NAME.match(line.data)
        name = found[0].decode().upper() if found else ""
        if name not in wanted:
            continue
        try:
            text = line.data.decode()
        except UnicodeDecodeError:
            yield BadProperty(name, line.number, "is not in UTF-8. Say what it is in with --encoding.")
            continue
        try:
            _, parameters, raw = Contentline(text).raw_parts()
        except ValueError:
            yield BadProperty(name, line.number, f'is no property: "{text[:80]}".')
            continue
        yield Property(name, line.number, parameters, raw)
