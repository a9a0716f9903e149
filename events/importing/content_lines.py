"""The lines of an iCalendar file: unfolded, with their numbers, before anything is made of them."""

from collections.abc import Iterator
from dataclasses import dataclass

_FOLDS = b" \t"


@dataclass(frozen=True)
class Line:
    """A content line: the number of its first line in the file, and its bytes without folds (RFC 5545, 3.1)."""

    number: int
    data: bytes


def lines_of(data: bytes) -> Iterator[Line]:
    """Yield the content lines of a file, empty ones left out, whichever line ends it has.

    Unfolded before it is decoded, because a fold may lie within a character.
    """
    number, begun, pieces = 0, 0, list[bytes]()
    for number, line in enumerate(data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), start=1):
        if line[:1] and line[:1] in _FOLDS:
            # What only looks like the rest of a line, at the beginning of a file, stands by itself.
            begun = begun or number
            pieces.append(line[1:])
        elif line:
            if pieces:
                yield Line(begun, b"".join(pieces))
            begun, pieces = number, [line]
    if pieces:
        yield Line(begun, b"".join(pieces))
