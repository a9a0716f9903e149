"""This file holds the windows: stretches of the past in which people chose, before which nothing of them was known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from events.sql import rows_of
from recommendations.hybrid.shortlist import EVER

_SQL = Path(__file__).resolve().parents[1] / "sql"
_CHOOSERS, _REACH = ((_SQL / f"{name}.sql").read_text() for name in ("choosers", "reach"))
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
    """From a moment until another; `choosers` people chose something in it that lay ahead.

    Nothing records when an event was announced. What is known by now to have lain ahead of a past moment is more than
    anybody could be shown then, so it is cut off at `reach`: as far ahead as the calendar of today reaches.
    """

    since: datetime
    until: datetime
    choosers: int
    reach: datetime = EVER


def windows_before(cutoff: datetime) -> list[Window]:
    """Return the windows to learn from, the latest first, each overlapping the next by half; none if nobody chose."""
    ahead: timedelta | None = rows_of(_REACH, {"now": cutoff})[0][0]

    def window(until: datetime, length: timedelta) -> Window:
        since = until - length
        reach = EVER if ahead is None else since + ahead
        return Window(since, until, rows_of(_CHOOSERS, {"since": since, "until": until, "reach": reach})[0][0], reach)

    lengths = [timedelta(days=days) for days in LENGTHS_DAYS]
    length = next((each for each in lengths if window(cutoff, each).choosers >= ENOUGH_CHOOSERS), lengths[-1])
    return enough_of(window(cutoff - number * length / 2, length) for number in range(WINDOWS))


def enough_of(going_back: Iterable[Window]) -> list[Window]:
    """Return the latest windows, without those in which nobody chose, until together they have people enough."""
    found: list[Window] = []
    for window in going_back:
        if window.choosers:
            found.append(window)
        if sum(min(each.choosers, MOST) for each in found) >= CHOOSERS:
            break
    return found
