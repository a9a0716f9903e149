"""This file holds what a training run has learnt of everybody's interactions before its cutoff."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Kind = Literal["event", "organiser", "series", "venue", "category", "tag"]
_TRENDING = 60
KINDS: tuple[Kind, ...] = ("event", "organiser", "series", "venue", "category", "tag")
Key = tuple[Kind, str]
# What the table of traits has room for.
_LONGEST = 200


def series_key(organiser_id: int | None, title: str) -> str:
    """Return the key of the series that an event belongs to: what its organiser calls by the same title."""
    return f"{organiser_id} {title}"[:_LONGEST]


@dataclass(frozen=True)
class Knowledge:
    """Traits of events, organisers, series, venues, categories and tags, each found by kind and key (an id or a name).

    factors: float32[traits, rank], of alternating least squares over persons × traits; a row of zeros where nobody did
    anything. gram: float32[rank, rank], factors.T @ factors. people, deeds, events: float32[traits], distinct persons,
    pairs of a person and an event that they chose, and events that have the trait. trend: float32[traits], what people
    did of late, as a sum of weights that halve within a month. neighbours: for an organiser, those
    that the same persons like, with cosines in [0, 1].
    """

    index: dict[Key, int]
    factors: NDArray[np.float32]
    gram: NDArray[np.float32]
    people: NDArray[np.float32]
    deeds: NDArray[np.float32]
    events: NDArray[np.float32]
    trend: NDArray[np.float32]
    neighbours: dict[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    popular: tuple[int, ...] = ()
    regularisation: float = 0.1
    confidence: float = 10.0

    def row(self, kind: Kind, key: object) -> int:
        """Return the row of a trait; -1 if nothing is known of it."""
        return self.index.get((kind, str(key)), -1)

    @cached_property
    def trending(self) -> tuple[int, ...]:
        """The organisers with whom most is done of late, the first sixty."""
        import numpy as np

        names, rows = self.organisers
        best = np.lexsort((rows, -self.trend[rows]))[:_TRENDING]
        return tuple(int(names[each]) for each in best if self.trend[rows[each]] > 0)

    @cached_property
    def organisers(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The organisers that anything is known of: their ids, and their rows in the same order."""
        import numpy as np

        rows = [(key, row) for (kind, key), row in self.index.items() if kind == "organiser"]
        return tuple(key for key, _ in rows), np.array([row for _, row in rows], dtype=np.int64)
