"""What an import wants written, whatever it was read from."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import quote

from api.text_rules import FORBIDDEN

# Of the field; with the original start of an occurrence behind it.
_ID_MAX = 200
_RECURRENCE_MAX = len("#20260501T190000Z")


@dataclass(frozen=True)
class Version:
    """How new what a calendar says of an event is, by the calendar's own word."""

    sequence: int
    modified_at: datetime | None

    def is_older_than(self, sequence: int, modified_at: datetime | None) -> bool:
        """Say whether this is older than what is known; without times, equal numbers are equally new."""
        if self.sequence != sequence:
            return self.sequence < sequence
        return self.modified_at is not None and modified_at is not None and self.modified_at < modified_at


@dataclass(frozen=True)
class Organised:
    """Who organises: by the id where it came from, if it has one, else by name."""

    external_id: str | None
    name: str


@dataclass(frozen=True)
class Draft:
    """An event as it should be: the values of the fields that the source speaks of, others stay as they are.

    `series` and `version` are None for what is from no calendar. `organiser` None: the source names none. Outside the
    window it is only written if it is known already: what was put off must not stay where it was.
    """

    external_id: str
    values: Mapping[str, Any]
    organiser: Organised | None
    series: str | None = None
    version: Version | None = None
    is_cancelled: bool = False
    is_inside: bool = True


@dataclass(frozen=True)
class SeriesRead:
    """A series of which everything was read: what it no longer has in the window has been cancelled.

    `kept` are the external ids that it has, with those of entries that could not be read.
    """

    series: str
    kept: frozenset[str]


@dataclass(frozen=True)
class Cancellation:
    """A series, or one occurrence of it, that its calendar has taken back by name."""

    series: str
    external_id: str | None
    version: Version


@dataclass(frozen=True)
class Plan:
    """All that an import wants written."""

    drafts: tuple[Draft, ...]
    series: tuple[SeriesRead, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()


def series_of(uid: str) -> str:
    """Return by what a series is known: the UID, marked, so that no id from elsewhere is taken for one.

    "#" and "%" are escaped, for an occurrence has its original start behind a "#", and so is what text may not have; a
    long UID is told by its digest.
    """
    plain = "ics:" + FORBIDDEN.sub(lambda found: quote(found[0]), uid.replace("%", "%25").replace("#", "%23"))
    if len(plain) <= _ID_MAX - _RECURRENCE_MAX:
        return plain
    return f"ics:%sha256:{hashlib.sha256(uid.encode()).hexdigest()}"


def external_id_of(series: str, recurrence: str | None) -> str:
    """Return the id of an occurrence; of what does not recur, the series' own."""
    return series if recurrence is None else f"{series}#{recurrence}"
