"""The parts of an iCalendar file, before they are interpreted: content lines, components and calendars."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from events.importing.plan import Findings

_FOLDS = b" \t"
_QUOTED_PRINTABLE = re.compile(rb"[A-Z0-9-]+;[^:]*ENCODING=\"?QUOTED-PRINTABLE", re.IGNORECASE)
_HEX = re.compile(rb"[ \t][0-9A-F]{2}", re.IGNORECASE)
_MARK = re.compile(rb"(BEGIN|END)[ \t]*:[ \t]*([A-Z0-9-]{1,50})[ \t]*", re.IGNORECASE)


@dataclass(frozen=True)
class Line:
    """A content line: the number of its first line in the file, and its bytes without folds (RFC 5545, 3.1)."""

    number: int
    data: bytes


def lines_of(data: bytes) -> Iterator[Line]:
    """Yield the content lines of a file without empty ones, whichever line ends it has.

    They are unfolded before they are decoded, because a fold may lie within a character. In quoted-printable, "=" at
    the end of a line continues it, too.
    """
    number, first, pieces = 0, 0, list[bytes]()
    for number, line in enumerate(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), start=1):
        if pieces and pieces[-1].endswith(b"=") and _continues(pieces, line):
            pieces[-1] = pieces[-1][:-1]
            pieces.append(line[1:] if line[:1] in (b" ", b"\t") else line)
        elif line[:1] and line[:1] in _FOLDS:
            # What only looks like a continuation, at the beginning of a file, is a line of its own.
            first = first or number
            pieces.append(line[1:])
        elif line:
            if pieces:
                yield Line(first, b"".join(pieces))
            first, pieces = number, [line]
    if pieces:
        yield Line(first, b"".join(pieces))


def _continues(pieces: list[bytes], line: bytes) -> bool:
    """Return whether a line continues a quoted-printable one that ends in "=": not where a fold splits "=C3"."""
    if _MARK.fullmatch(line) or _HEX.match(line):
        return False
    return bool(line) and _QUOTED_PRINTABLE.match(b"".join(pieces)) is not None


@dataclass
class Component:
    """A component as it is in the file: its kind, its first line, its lines without those of inner components.

    A VTIMEZONE keeps its inner components, with their marks, because they are all that it says.
    """

    kind: str
    number: int
    lines: list[Line] = field(default_factory=list)


@dataclass
class Calendar:
    """A VCALENDAR: its first line, its own properties, its components; `whole` if none of it was cut off."""

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
        """Add a line to the component that it belongs to."""
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
            self.findings.refuse(f"{self.name}, line {line.number}", "is in no calendar; such lines are left out.")

    def _cut_off(self, why: str) -> None:
        if self.open is not None:
            self.findings.refuse(f"{self.name}, line {self.open.number}, {self.open.kind}", f"{why}.")
            # Which event it would have been is unknown, so no event may be taken to be missing.
            self.calendars[-1].whole = False
        self.open, self.inner = None, []

    def close(self, why: str) -> None:
        """End what is still open."""
        if self.open is not None:
            self._cut_off(f"is cut off: {why} before END:{self.open.kind}")
        if self.inside:
            where = f"{self.name}, line {self.calendars[-1].number}, VCALENDAR"
            self.findings.refuse(where, f"is cut off: {why} before END:VCALENDAR. What precedes it was read.")
            self.calendars[-1].whole = False
            self.inside = False


def calendars_of(lines: Iterable[Line], name: str, findings: Findings) -> list[Calendar]:
    """Return the calendars of a file with their complete components; the rest goes into the findings."""
    reading = _Reading(name, findings)
    for line in lines:
        reading.take(line)
    reading.close("the file ends")
    return reading.calendars
