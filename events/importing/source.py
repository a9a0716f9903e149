"""The reading of a source: at most so many bytes of a local file, as text in UTF-8."""

import codecs
import sys
from dataclasses import dataclass
from pathlib import Path

STDIN = "-"
# How text may be written. A file that begins with a byte order mark needs no telling.
ENCODINGS = ("utf-8", "utf-16", "latin-1", "windows-1252")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Unreadable(Exception):
    """The source cannot be read at all: the message says why, and nothing was written."""


@dataclass(frozen=True)
class Source:
    """What was read: the name to tell it by, the bytes, in UTF-8 if they are what was said."""

    name: str
    data: bytes


def source_at(place: str, *, encoding: str, max_bytes: int) -> Source:
    """Return what is in a local file, or for "-" on the standard input; Unreadable for what is not there or too much.

    Bytes that are said to be UTF-8 are not looked at here: whoever reads a line can say which one is not.
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
    for mark, told in _MARKS:
        if data.startswith(mark):
            encoding = told
            break
    if encoding == "utf-8":
        return data.removeprefix(codecs.BOM_UTF8)
    try:
        return data.decode(encoding).encode()
    except UnicodeError as error:
        raise Unreadable(f"{name}: not text in {encoding} ({error}).") from error
