"""This file holds the windows: stretches of the past in which people chose, before which nothing of them was known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from events.prepared import rows_of

_SQL = (Path(__file__).resolve().parents[1] / "sql" / "choosers.sql").read_text()
# A window is as long as it takes to see so many people choose something, and no longer than the last of these.
LENGTHS_DAYS = (7, 14, 28)
ENOUGH_CHOOSERS = 500
# People of a window who are learnt from, at most.
MOST = 2_000
# Each window begins half its length before the next, so that a person is met at more moments. They are added until
# together so many people are learnt from, and no more windows than this. As three times MOST are asked for, there is
# always one that does not overlap the latest, on which the trial is held.
CHOOSERS, WINDOWS = 6_000, 48


@dataclass(frozen=True)
class Window:
    """From a moment until another; `choosers` people chose something in it that lay ahead."""

    since: datetime
    until: datetime
    choosers: int


def windows_before(cutoff: datetime) -> list[Window]:
    """Return the windows to learn from, the latest first, each overlapping the next by half; none if nobody chose."""
    length = next((days for days in LENGTHS_DAYS if _choosers(cutoff, days) >= ENOUGH_CHOOSERS), LENGTHS_DAYS[-1])
    return enough_of(_going_back(cutoff, length))


def enough_of(going_back: Iterable[Window]) -> list[Window]:
    """Return the latest windows, without those in which nobody chose, until together they have people enough."""
    found: list[Window] = []
    for window in going_back:
        if window.choosers:
            found.append(window)
        if sum(min(each.choosers, MOST) for each in found) >= CHOOSERS:
            break
    return found


def _going_back(cutoff: datetime, days: int) -> Iterator[Window]:
    for number in range(WINDOWS):
        until = cutoff - number * timedelta(days=days) / 2
        yield Window(until - timedelta(days=days), until, _choosers(until, days))


def _choosers(until: datetime, days: int) -> int:
    number: int = rows_of(_SQL, {"since": until - timedelta(days=days), "until": until})[0][0]
    return number
