"""The time zones of a calendar: by the names that programs give them, or as it defines them itself."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, available_timezones

from icalendar import Timezone
from icalendar.timezone import tzp
from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from events.importing.components import Component

# How often a zone's clocks change: a rule that says more than one day a year would take for ever to be followed.
_RULE = re.compile(
    r"RRULE[^:]*:(?=[^:]*FREQ=YEARLY)((FREQ=YEARLY|INTERVAL=1|BYMONTH=\d+|BYDAY=[+-]?\d?[A-Z]{2}|WKST=[A-Z]{2}|COUNT=\d+"
    r"|BYMONTHDAY=-?\d+(,-?\d+){0,6}|UNTIL=\d{8}(T\d{6}Z?)?|BYHOUR=\d+|BYMINUTE=\d+|BYSECOND=\d+);?)+",
    re.IGNORECASE,
)
# What reading a definition raises, depending on what is wrong in it.
_UNUSABLE = (ValueError, KeyError, IndexError, TypeError, AttributeError, OverflowError, AssertionError)


class UnknownZone(Exception):
    """This time zone is neither known nor defined in the calendar."""


class Zones:
    """The zones that times of one calendar may name; `floating` is the one of those that name none."""

    def __init__(self, definitions: Mapping[str, str], *, floating: tzinfo) -> None:
        """Take the text of each VTIMEZONE by its TZID."""
        self._definitions = definitions
        self._found: dict[str, tzinfo] = {}
        self.floating = floating

    def named(self, name: str) -> tzinfo:
        """Return the zone of a TZID; UnknownZone says what to do.

        What the time zone database knows is taken from there, also under the name that Windows has for it: a calendar's
        own definition often knows this year's rules only. Then comes the definition, then what a name with a maker's
        prefix ("/maker.example/20260101/Europe/Berlin") ends in (RFC 5545, 3.2.19).
        """
        if name not in self._found:
            zone = by_name(name) or self._defined(name) or _ending_of(name)
            if zone is None:
                raise UnknownZone(
                    f'The time zone "{name[:80]}" is not known, and the calendar has no VTIMEZONE that defines it.'
                )
            self._found[name] = zone
        return self._found[name]

    def _defined(self, name: str) -> tzinfo | None:
        text = self._definitions.get(name)
        if text is None:
            return None
        rules = re.findall(r"^RRULE.*$", text, re.MULTILINE | re.IGNORECASE)
        if not all(_RULE.fullmatch(rule.strip()) for rule in rules):
            raise UnknownZone(f'The VTIMEZONE of "{name[:80]}" has a rule that is not a day of each year.')
        try:
            definition = Timezone.from_ical(text)
            assert isinstance(definition, Timezone)
            return tzp.create_timezone(definition)
        except _UNUSABLE as error:
            raise UnknownZone(f'The VTIMEZONE of "{name[:80]}" cannot be read ({str(error)[:80]}).') from error


def by_name(name: str) -> tzinfo | None:
    """Return the zone that the time zone database, or Windows, has under a name; None if there is none."""
    plain = name.strip().strip("/")
    plain = WINDOWS_TO_OLSON.get(plain, plain)
    if plain.upper() in ("UTC", "GMT", "Z"):
        return UTC
    return ZoneInfo(plain) if plain in available_timezones() else None


def definitions_in(components: Iterable[Component]) -> dict[str, str]:
    """Return the text of each VTIMEZONE by its TZID."""
    found: dict[str, str] = {}
    for component in components:
        if component.kind == "VTIMEZONE":
            lines = [line.data.decode("utf-8", "replace") for line in component.lines]
            for line in lines:
                name = re.fullmatch(r"TZID[^:]*:(.*)", line, re.IGNORECASE)
                if name:
                    text = "\r\n".join(("BEGIN:VTIMEZONE", *lines, "END:VTIMEZONE", ""))
                    found.setdefault(name[1].strip(), text)
                    break
    return found


def _ending_of(name: str) -> tzinfo | None:
    parts = name.strip("/").split("/")
    if not name.startswith("/"):
        return None
    return next((zone for start in range(1, len(parts)) if (zone := by_name("/".join(parts[start:])))), None)
