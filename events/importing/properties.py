"""The properties of a component, with the types of RFC 5545, 3.3 and 3.8."""

import binascii
import quopri
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from icalendar import vDuration, vRecur
from icalendar.parser import Contentline, split_on_unescaped_comma, unescape_backslash

from events.importing.components import Line
from events.importing.zones import Zones

Time = date | datetime
# An added date may be a period: its start, with its end or duration.
Added = Time | tuple[Time, Time | timedelta]
_NAME = re.compile(rb"[A-Za-z0-9-]+")
_CHARSET = re.compile(rb"[^:]*;CHARSET=\"?([A-Za-z0-9_.-]+)", re.IGNORECASE)
_DATE = re.compile(r"\d{8}")


class BadProperty(Exception):
    """A property cannot be read: the message names it and its line."""

    def __init__(self, name: str, line: int, why: str) -> None:
        """Take which it is; `why` finishes the sentence."""
        self.name = name
        super().__init__(f"{name} (line {line}) {why}")


@dataclass(frozen=True)
class Property:
    """A property with its value as text, in which backslashes still escape."""

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
            rule = vRecur.from_ical(self.raw.strip().rstrip(";"))
        except ValueError as error:
            raise self.wrong(f'is no rule: "{self.raw[:80]}".') from error
        if not isinstance(rule, vRecur) or len(rule.get("FREQ", ())) != 1:
            raise self.wrong(f'has no FREQ: "{self.raw[:80]}".')
        return rule

    @property
    def duration(self) -> timedelta:
        """The value as a duration; not below 0."""
        try:
            length: timedelta = vDuration.from_ical(self.raw.strip())
        except (ValueError, OverflowError) as error:
            raise self.wrong(f'is no duration: "{self.raw[:40]}".') from error
        if length < timedelta():
            raise self.wrong("is negative.")
        return length

    def time(self, zones: Zones, default: tzinfo | None) -> Time:
        """Return the value as a date, or as a time in its zone; `default` is the zone of one that names none.

        With None such a time stays without a zone.
        """
        return self._time_in(self.raw.strip(), zones, default)

    def times(self, zones: Zones, default: tzinfo) -> list[Added]:
        """Return the value as a list of dates, times and periods."""
        pieces = (piece.strip() for piece in self.raw.split(","))
        return [self._added_in(piece, zones, default) for piece in pieces if piece]

    def _added_in(self, text: str, zones: Zones, default: tzinfo) -> Added:
        start, separator, rest = text.partition("/")
        if not separator:
            return self._time_in(text, zones, default)
        begin = self._time_in(start, zones, default)
        if not rest.startswith("P"):
            return begin, self._time_in(rest, zones, default)
        try:
            return begin, vDuration.from_ical(rest)
        except (ValueError, OverflowError) as error:
            raise self.wrong(f'is no time: "{text[:40]}".') from error

    def _time_in(self, text: str, zones: Zones, default: tzinfo | None) -> Time:
        try:
            if _DATE.fullmatch(text):
                return date.fromisoformat(text)
            # Also with an offset, which RFC 5545 does not allow and some programs write.
            time = datetime.fromisoformat(text)
            if time.tzinfo is not None:
                return time.astimezone(UTC) if time.utcoffset() == timedelta() else time
        except (ValueError, OverflowError) as error:
            raise self.wrong(f'is no time: "{text[:40]}".') from error
        name = self.parameters.get("TZID")
        if isinstance(name, list):
            name = ",".join(name)
        return time.replace(tzinfo=zones.of_time(str(name), default) if name else default)


def properties_of(lines: Iterable[Line], wanted: frozenset[str]) -> Iterator[Property | BadProperty]:
    """Yield the wanted properties of a component, in their order; BadProperty for a line that is none.

    Properties without a value are left out: some programs write every property, whether it has one or not.
    """
    for line in lines:
        match = _NAME.match(line.data)
        name = match[0].decode().upper() if match else ""
        if name not in wanted:
            continue
        charset = _CHARSET.match(line.data)
        try:
            text = _decoded(line.data, charset)
            _, parameters, raw = Contentline(text).raw_parts()
            raw = _transfer_decoded(raw, str(parameters.get("ENCODING", "")), charset)
        except UnicodeDecodeError:
            yield BadProperty(name, line.number, "is not in UTF-8. Say what it is in with --encoding.")
        except ValueError:
            yield BadProperty(name, line.number, f'is no property: "{text[:80]}".')
        else:
            if raw.strip():
                yield Property(name, line.number, parameters, raw)


def _decoded(data: bytes, charset: re.Match[bytes] | None) -> str:
    """Return bytes as text: UTF-8, else in the CHARSET of the property."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        if charset is None:
            raise
        try:
            return data.decode(charset[1].decode())
        except LookupError:
            pass
        raise


def _transfer_decoded(raw: str, encoding: str, charset: re.Match[bytes] | None) -> str:
    """Return a value that may be quoted-printable or base64 as text; ValueError if it is neither."""
    try:
        if encoding.upper() == "QUOTED-PRINTABLE":
            return _decoded(quopri.decodestring(raw.encode()), charset)
        if encoding.upper() in ("BASE64", "B"):
            return _decoded(binascii.a2b_base64(raw.encode(), strict_mode=True), charset)
    except binascii.Error as error:
        raise ValueError("not base64") from error
    return raw
