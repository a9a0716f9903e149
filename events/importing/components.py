"""The parts of an iCalendar file: its calendars, and in each the components, before they are read."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from events.importing.content_lines import Line
from events.importing.report import Findings

_MARK = re.compile(rb"(BEGIN|END)[ \t]*:[ \t]*([A-Z0-9-]{1,50})[ \t]*", re.IGNORECASE)


@dataclass
class Component:
    """A component as it stands in the file: its kind, where it begins, its lines without those of inner components.

    Of a VTIMEZONE the inner ones are kept, with their marks, for they are all that it says.
    """

    kind: str
    number: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class Calendar:
    """A VCALENDAR: where it begins, its own properties, its components; `whole` if none of it was cut off."""

    number: int
    lines: list[Line] = field(default_factory=list)
    components: list[Component] = field(default_factory=list)
    whole: bool = True


@dataclass
class _Reading:
    """How far a file has been read."""

    name: str
    findings: Findings
    calendars: list[Calendar] = field(default_factory=list)
    inside: bool = False
    open: Component | None = None
    inner: list[str] = field(default_factory=list)
    strays: int = 0

    def take(self, line: Line) -> None:
        """Put a line where it belongs."""
        mark = _MARK.fullmatch(line.data)
        kind = mark[2].upper().decode() if mark else ""
        if mark and mark[1].upper() == b"BEGIN":
            self._begin(kind, line)
        elif mark:
            self._end(kind, line)
        elif self.open is not None:
            if not self.inner or self.open.kind == "VTIMEZONE":
                self.open.lines.append(line)
        elif self.inside:
            self.calendars[-1].lines.append(line)
        else:
            self._stray(line)

    def _begin(self, kind: str, line: Line) -> None:
        if kind == "VCALENDAR":
            self.close("another VCALENDAR begins")
            self.calendars.append(Calendar(line.number))
            self.inside = True
        elif not self.inside:
            self._stray(line)
        elif self.open is None:
            self.open = Component(kind, line.number)
        elif kind == self.open.kind:
            # No component holds one of its own kind: the end of the first one is missing.
            self._cut_off(f"has no END:{kind} before line {line.number}, where the next one begins")
            self.open = Component(kind, line.number)
        else:
            self.inner.append(kind)
            self._keep_mark(line)

    def _end(self, kind: str, line: Line) -> None:
        if kind == "VCALENDAR" and self.inside:
            if self.open is not None:
                self._cut_off(f"has no END:{self.open.kind} before the calendar ends")
            self.inside = False
        elif self.open is not None and kind in self.inner:
            # Inner ones whose own end is missing end with the outer.
            del self.inner[self.inner.index(kind) :]
            self._keep_mark(line)
        elif self.open is not None and kind == self.open.kind:
            self.calendars[-1].components.append(self.open)
            self.open, self.inner = None, []
        else:
            self._stray(line)

    def _keep_mark(self, line: Line) -> None:
        if self.open is not None and self.open.kind == "VTIMEZONE":
            self.open.lines.append(line)

    def _stray(self, line: Line) -> None:
        self.strays += 1
        if self.strays == 1:
            self.findings.refuse(f"{self.name}, line {line.number}", "stands in no calendar; what does is left out.")

    def _cut_off(self, why: str) -> None:
        if self.open is not None:
            self.findings.refuse(f"{self.name}, line {self.open.number}, {self.open.kind}", f"{why}.")
            # Which event it would have been is not known: nothing may be taken to have vanished.
            self.calendars[-1].whole = False
        self.open, self.inner = None, []

    def close(self, why: str) -> None:
        """End what is still open."""
        if self.open is not None:
            self._cut_off(f"is cut off: {why} before END:{self.open.kind}")
        if self.inside:
            where = f"{self.name}, line {self.calendars[-1].number}, VCALENDAR"
            self.findings.refuse(where, f"is cut off: {why} before END:VCALENDAR. What stands before it was read.")
            self.calendars[-1].whole = False
            self.inside = False


def calendars_of(lines: Iterable[Line], name: str, findings: Findings) -> list[Calendar]:
    """Return the calendars of a file, with what of each can be told apart; the rest goes into the findings."""
    reading = _Reading(name, findings)
    for line in lines:
        reading.take(line)
    reading.close("the file ends")
    return reading.calendars
