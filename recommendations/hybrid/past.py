"""This file holds what a person did before a moment, as the signals read it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from events.sql import rows_of
from recommendations.weights import HALF_LIFE_DAYS, WEIGHTS

# More would be read for nobody: the oldest of so many weigh little.
LONGEST = 500
_DAY = 86_400.0
_SQL = (Path(__file__).resolve().parents[1] / "sql" / "past.sql").read_text()


class Deed(NamedTuple):
    """One interaction of a person, with what its event was; times in seconds since 1970."""

    event_id: int
    action: str
    done_at: float
    organiser_id: int | None
    venue: str
    category: str | None
    tags: list[str]
    latitude: float | None
    longitude: float | None
    start_at: float
    title: str


@dataclass(frozen=True)
class Past:
    """What a person did before a moment, newest first, and how much each deed weighs then."""

    now: float
    deeds: tuple[Deed, ...]
    weights: tuple[float, ...]

    @property
    def liked(self) -> tuple[tuple[Deed, float], ...]:
        """The deeds that speak for their event, with their weights."""
        return tuple((deed, weight) for deed, weight in zip(self.deeds, self.weights, strict=True) if weight > 0)

    def event_ids(self) -> frozenset[int]:
        """Return the events with which the person did anything."""
        return frozenset(deed.event_id for deed in self.deeds)


def past_of(user_id: int, now: datetime) -> Past:
    """Return what a user did before a moment: at most the newest 500 interactions. One statement."""
    rows = rows_of(_SQL, {"user": user_id, "now": now, "rows": LONGEST})
    seconds = now.timestamp()
    deeds = tuple(Deed(*row) for row in rows)
    weights = tuple(WEIGHTS[deed.action] * 0.5 ** ((seconds - deed.done_at) / _DAY / HALF_LIFE_DAYS) for deed in deeds)
    return Past(seconds, deeds, weights)


def strongest(keys: Iterable[tuple[Hashable | None, float]], most: int) -> list[Hashable]:
    """Return the keys with the greatest positive sums of weights, at most so many; ties by first occurrence."""
    sums: dict[Hashable, float] = defaultdict(float)
    for key, weight in keys:
        if key not in (None, ""):
            sums[key] += weight
    ranked = sorted((key for key in sums if sums[key] > 0), key=lambda key: -sums[key])
    return ranked[:most]
