"""What a training has learned about events, organisers, series, venues, categories and tags ("entities")."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from recommendations.models import EntityFactors, TrainingRun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from recommendations.hybrid.candidate_generation import Candidate
    from recommendations.hybrid.history import HistoryItem, UserHistory

Kind = Literal["event", "organiser", "series", "venue", "category", "tag"]
Key = tuple[Kind, str]
# Organisers that contribute candidates because they're popular of late, and because they suit the user.
_TRENDING, _SIMILAR = 60, 30
# The length of EntityFactors.key.
_KEY_LENGTH = 200


class DamagedRun(Exception):
    """The model of the training run isn't what was written. Train again: manage.py train."""


def series_key(organiser_id: int | None, title: str) -> str:
    """Return the key of an event's series: the events of one organiser with the same title."""
    return f"{organiser_id} {title}"[:_KEY_LENGTH]


@dataclass(frozen=True)
class EntityStatistics:
    """Factors and counts of entities, in the rows that `index` gives for a kind and a key (an id or a name).

    factors: float32[entities, rank], by alternating least squares over users × entities; zeros without interactions.
    gram: float32[rank, rank], factors.T @ factors. people, interactions, events: float32[entities], the distinct users,
    the pairs of a user and an event, and the events of an entity. trend: float32[entities], weights of recent
    interactions, which halve within a month. neighbours: for an organiser, those that the same users choose, with
    cosines in [0, 1]. popular: the events with most users.
    """

    index: dict[Key, int]
    factors: NDArray[np.float32]
    gram: NDArray[np.float32]
    people: NDArray[np.float32]
    interactions: NDArray[np.float32]
    events: NDArray[np.float32]
    trend: NDArray[np.float32]
    neighbours: dict[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)
    popular: tuple[int, ...] = ()
    regularisation: float = 0.1
    confidence: float = 10.0

    def row(self, kind: Kind, key: object) -> int:
        """Return the row of an entity; -1 if there are no statistics of it."""
        return self.index.get((kind, str(key)), -1)

    def rows_of(self, event: HistoryItem | Candidate) -> list[int]:
        """Return the rows of an event and of its organiser, venue, category and tags, as far as there are any."""
        rows = [
            self.row("event", event.event_id),
            self.row("organiser", event.organiser_id),
            self.row("venue", event.venue),
            self.row("category", event.category),
            *(self.row("tag", tag) for tag in event.tags),
        ]
        return [row for row in rows if row >= 0]

    def user_factors(self, history: UserHistory) -> NDArray[np.float32] | None:
        """Return a user's factors, float32[rank]; None if nothing that the user chose has statistics.

        Computed per request from the history ("fold-in"), so that an interaction counts before the next training.
        Source: Hu, Koren & Volinsky 2008, "Collaborative filtering for implicit feedback datasets", eq. 4.
        """
        import numpy as np

        strengths: dict[int, float] = defaultdict(float)
        for item, weight in history.positives:
            for row in self.rows_of(item):
                strengths[row] += weight
        if not strengths:
            return None
        rows = np.fromiter(strengths, dtype=np.int64)
        confidence = self.confidence * np.fromiter(strengths.values(), dtype=np.float32)
        factors = self.factors[rows]
        rank = self.factors.shape[1]
        left = self.gram + (factors.T * confidence) @ factors + self.regularisation * np.eye(rank)
        solution: NDArray[np.float32] = np.linalg.solve(left, factors.T @ (1 + confidence)).astype(np.float32)
        return solution

    def similar_organisers(self, user_factors: NDArray[np.float32] | None) -> tuple[int, ...]:
        """Return the organisers that suit a user's factors best, best first."""
        import numpy as np

        if user_factors is None:
            return ()
        ids, rows = self._organisers
        best = np.lexsort((rows, -(self.factors[rows] @ user_factors)))[:_SIMILAR]
        return tuple(int(ids[each]) for each in best)

    @cached_property
    def trending_organisers(self) -> tuple[int, ...]:
        """The organisers with the greatest trend, greatest first."""
        import numpy as np

        ids, rows = self._organisers
        best = np.lexsort((rows, -self.trend[rows]))[:_TRENDING]
        return tuple(int(ids[each]) for each in best if self.trend[rows[each]] > 0)

    @cached_property
    def _organisers(self) -> tuple[tuple[str, ...], NDArray[np.int64]]:
        """The ids of all organisers, and their rows in the same order."""
        import numpy as np

        rows = [(key, row) for (kind, key), row in self.index.items() if kind == "organiser"]
        return tuple(key for key, _ in rows), np.array([row for _, row in rows], dtype=np.int64)


def statistics_of(run: TrainingRun) -> EntityStatistics:
    """Return the entity statistics that a training run stored; DamagedRun if the factors can't be used. One query."""
    import numpy as np

    fields = ("kind", "key", "people", "interactions", "events", "trend", "factors")
    # Always in the same order: the order of a sum changes the last bits of floats.
    rows = list(EntityFactors.objects.filter(run=run).order_by("pk").values_list(*fields))
    learning = run.parameters["learning"]
    rank = int(learning["rank"])
    index: dict[Key, int] = {(row[0], row[1]): number for number, row in enumerate(rows)}
    raw = b"".join(bytes(row[-1]) for row in rows)
    if len(raw) != len(rows) * rank * 4:
        raise DamagedRun(f"The factors of {run} aren't all of rank {rank}.")
    factors = np.frombuffer(raw, dtype="<f4").reshape(len(rows), rank)
    if not np.isfinite(factors).all():
        raise DamagedRun(f"Some factors of {run} aren't finite.")

    def column(name: str) -> NDArray[np.float32]:
        position = fields.index(name)
        return np.fromiter((row[position] for row in rows), dtype=np.float32, count=len(rows))

    return EntityStatistics(
        index,
        factors=factors,
        gram=factors.T @ factors,
        people=column("people"),
        interactions=column("interactions"),
        events=column("events"),
        trend=column("trend"),
        neighbours={name: tuple((other, cosine) for other, cosine in near) for name, near in run.neighbours.items()},
        popular=tuple(run.popular),
        regularisation=float(learning["regularisation"]),
        confidence=float(learning["confidence"]),
    )
