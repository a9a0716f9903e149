"""This file holds the form of iCalendar's lines: escaped, folded, in UTF-8 (RFC 5545, 3.1 and 3.3.11)."""

from collections.abc import Iterable

from events.characters import FORBIDDEN

# Octets, without the line's end.
_WIDTH = 75
_ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})


def text_of(text: str) -> str:
    """Return a text as a property's value; the control characters that a TEXT may not have are left out."""
    return FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPED)


def folded(lines: Iterable[str]) -> bytes:
    """Return content lines as they are sent: none longer than 75 octets, no character in two parts."""
    return b"".join(part + b"\r\n" for line in lines for part in _parts(line.encode()))


def _parts(line: bytes) -> Iterable[bytes]:
    begin = b""
    while len(begin) + len(line) > _WIDTH:
        end = _WIDTH - len(begin)
        # 0b10…: the rest of a character.
        while line[end] & 0b1100_0000 == 0b1000_0000:
            end -= 1
        yield begin + line[:end]
        begin, line = b" ", line[end:]
    yield begin + line
