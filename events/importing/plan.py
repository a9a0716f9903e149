"""What an import writes, and what it reports, whatever it reads."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, tzinfo
from typing import Any
from urllib.parse import quote

from api.text_rules import FORBIDDEN

# The length of the field, and of the original start that follows the UID in the id of an occurrence.
_ID_MAX = 200
_RECURRENCE_MAX = len("#20260501T190000Z")


@dataclass(frozen=True)
class Window:
    """The time whose events are imported."""

    start: datetime
    end: datetime

    def holds(self, start: datetime, end: datetime | None) -> bool:
        """Return whether something takes place in the window, at least in part."""
        return start < self.end and (start >= self.start or (end is not None and end > self.start))


@dataclass(frozen=True)
class Defaults:
    """What the command line says: the type and, where the source names none, category, organiser and time zone."""

    type: str | None = None
    category: str | None = None
    organiser: str = ""
    zone: tzinfo = UTC

    def filled(self, values: dict[str, Any]) -> dict[str, Any]:
        """Return the values of an event with what the source did not say."""
        filled = dict(values)
        if self.type is not None:
            filled["type"] = self.type
        if self.category is not None and filled.get("category") is None:
            filled["category"] = self.category
        return filled


@dataclass(frozen=True)
class Version:
    """How new an entry of a calendar is, according to the calendar."""

    sequence: int
    modified_at: datetime | None

    def is_older_than(self, sequence: int, modified_at: datetime | None) -> bool:
        """Return whether this is older than what is stored; without times, equal numbers are equally new."""
        if self.sequence != sequence:
            return self.sequence < sequence
        return self.modified_at is not None and modified_at is not None and self.modified_at < modified_at


@dataclass(frozen=True)
class NamedOrganiser:
    """The organiser that a source names: by its id there, if it has one, else by name."""

    external_id: str | None
    name: str


@dataclass(frozen=True)
class Draft:
    """An event as it should be: values of the fields that the source mentions; other fields stay as they are.

    `uid_key` and `version` are None unless the source is a calendar. `original_at` is when an occurrence of a series
    was first to start; None for an event that does not recur. `former_ids` are other ids that the same event may have
    been stored under. Without an `organiser` the source names none. A draft outside the window only changes a stored
    event: a postponed event must not stay where it was.
    """

    external_id: str
    values: Mapping[str, Any]
    organiser: NamedOrganiser | None
    uid_key: str | None = None
    version: Version | None = None
    original_at: datetime | None = None
    is_first: bool = False
    former_ids: tuple[str, ...] = ()
    is_cancelled: bool = False
    is_inside: bool = True


@dataclass(frozen=True)
class CompleteSeries:
    """All events of a UID that the source has: other stored ones in the window have been cancelled.

    `kept` includes the external ids of entries that could not be read.
    """

    uid_key: str
    kept: frozenset[str]


@dataclass(frozen=True)
class Cancellation:
    """A series that its calendar cancels by name, or only the occurrence that has one of these ids."""

    uid_key: str
    external_ids: frozenset[str] | None
    version: Version


@dataclass(frozen=True)
class Plan:
    """Everything that an import wants to write."""

    drafts: tuple[Draft, ...]
    complete: tuple[CompleteSeries, ...] = ()
    cancellations: tuple[Cancellation, ...] = ()


def uid_key_of(uid: str) -> str:
    """Return the key of a UID: with a prefix, so that no id from elsewhere equals it.

    "#" and "%" are escaped, because "#" separates an occurrence's original start, and so is what text may not contain.
    A long UID is replaced by its digest.
    """
    plain = "ics:" + FORBIDDEN.sub(lambda match: quote(match[0]), uid.replace("%", "%25").replace("#", "%23"))
    if len(plain) <= _ID_MAX - _RECURRENCE_MAX:
        return plain
    return f"ics:%sha256:{hashlib.sha256(uid.encode()).hexdigest()}"


@dataclass(frozen=True)
class Bad:
    """A part of a source that was not imported: where it is, and why."""

    where: str
    why: str

    def __str__(self) -> str:
        return f"{self.where}: {self.why}"


@dataclass(frozen=True)
class Written:
    """How many events became what; no event is counted twice.

    `older`: the stored event is newer. `outside`: outside the window, and not stored.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    cancelled: int = 0
    older: int = 0
    outside: int = 0


@dataclass
class Findings:
    """What is noticed while a source is read: bad parts, series outside the window, and warnings with their counts."""

    bad: list[Bad] = field(default_factory=list)
    outside: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    def refuse(self, where: str, why: str) -> None:
        """Report a part that is not imported."""
        self.bad.append(Bad(where, why))

    def counted(self, written: Written) -> Written:
        """Return the counts with the series that are outside the window."""
        return replace(written, outside=written.outside + self.outside)
