"""The reading of a source: at most so many bytes of a local file, as text in UTF-8."""

import codecs
import sys
from dataclasses import dataclass
from pathlib import Path

STDIN = "-"
# How text may be written. A byte order mark at the beginning of a file takes precedence.
ENCODINGS = ("utf-8", "utf-16", "latin-1", "windows-1252")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Unreadable(Exception):
    """The source cannot be read at all: the message says why. Nothing was written."""


@dataclass(frozen=True)
class Source:
    """What was read: its name in messages, and its bytes, in UTF-8 if the encoding was right."""

    name: str
    data: bytes


def source_at(place: str, *, encoding: str, max_bytes: int) -> Source:
    """Return a local file, or for "-" the standard input; Unreadable if it does not exist or is too large.

    UTF-8 is not checked here: who reads the lines can say which one is wrong.
    """
    if "://" in place:
        raise Unreadable(f"{place[:500]}: only local files are read. Download it first, or give - for standard input.")
    name = "standard input" if place == STDIN else Path(place).name
    try:
        if place == STDIN:
            data = sys.stdin.buffer.read(max_bytes + 1)
        else:
            with Path(place).open("rb") as file:
                data = file.read(max_bytes + 1)
    except (OSError, ValueError) as error:
        raise Unreadable(f"{place[:500]}: cannot be read ({getattr(error, 'strerror', None) or error}).") from error
    if len(data) > max_bytes:
        raise Unreadable(f"{name}: larger than {max_bytes:,} bytes. Split it, or allow more with --max-bytes.")
    if not data.strip():
        raise Unreadable(f"{name}: empty.")
    return Source(name, _in_utf8(name, data, encoding))


def _in_utf8(name: str, data: bytes, encoding: str) -> bytes:
    for mark, marked in _MARKS:
        if data.startswith(mark):
            encoding = marked
            break
    if encoding == "utf-8":
        return data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode(encoding).encode()
    except UnicodeError as error:
        raise Unreadable(f"{name}: not text in {encoding} ({error}).") from error
