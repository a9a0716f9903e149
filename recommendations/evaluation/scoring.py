"""Scores of rankings against the ground truth, by segment, and confidence intervals of their differences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from recommendations.evaluation.metrics import ndcg_at, recall_at, reciprocal_rank
from recommendations.evaluation.tasks import PLACES, GroundTruth, Ranking

Segment = Literal["all", "with history", "without history", "new events"]
SEGMENTS: tuple[Segment, ...] = ("all", "with history", "without history", "new events")
METRICS = ("NDCG@10", "Recall@10", "Recall@20", "MRR")
RESAMPLES = 2_000


@dataclass
class Scores:
    """One ranker's scores: for each segment, by task (window, user), the values of METRICS in order.

    `shown` has the pairs of a window and an event that was in anybody's first ten.
    """

    ranker: str
    values: dict[Segment, dict[tuple[str, str], tuple[float, ...]]] = field(
        default_factory=lambda: {segment: {} for segment in SEGMENTS}
    )
    shown: set[tuple[str, str]] = field(default_factory=set)

    def add(self, ranking: Ranking, truth: GroundTruth) -> None:
        """Score a ranking in the segments that its task belongs to."""
        task = (ranking.window, ranking.username)
        self.shown.update((ranking.window, event) for event in ranking.event_ids[:10])
        if truth.relevant:
            values = _values(ranking, truth.relevant)
            self.values["all"][task] = values
            self.values["with history" if truth.has_history else "without history"][task] = values
        if truth.new:
            self.values["new events"][task] = _values(ranking, truth.new)

    def mean(self, segment: Segment, metric: int) -> float:
        """Return the mean of a metric, given as its index in METRICS, over the tasks of a segment; NaN for none."""
        rows = self.values[segment].values()
        return sum(row[metric] for row in rows) / len(rows) if rows else float("nan")


def _values(ranking: Ranking, relevant: frozenset[str]) -> tuple[float, ...]:
    ranked = ranking.event_ids
    return (
        ndcg_at(10, ranked, relevant),
        recall_at(10, ranked, relevant),
        recall_at(20, ranked, relevant),
        reciprocal_rank(PLACES, ranked, relevant),
    )


@dataclass(frozen=True)
class Difference:
    """The mean of paired differences over tasks, and its 95 % interval, `low` to `high`; NaN without tasks."""

    mean: float
    low: float
    high: float


def difference_in(ours: Scores, theirs: Scores, segment: Segment, *, seed: int) -> Difference:
    """Return the difference of NDCG@10 between two rankers in a segment."""
    return paired(*({task: row[0] for task, row in each.values[segment].items()} for each in (ours, theirs)), seed=seed)


def paired(ours: Mapping[tuple[str, str], float], theirs: Mapping[tuple[str, str], float], *, seed: int) -> Difference:
    """Return ours minus theirs over the tasks (window, user) that both have, by a bootstrap that resamples users.

    A user's tasks are drawn together, because their results are not independent. Percentile interval of RESAMPLES
    means. Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapters 8 and 13.
    """
    import numpy as np

    of_user: dict[str, list[float]] = defaultdict(list)
    for task in sorted(ours.keys() & theirs.keys()):
        of_user[task[1]].append(ours[task] - theirs[task])
    if not of_user:
        return Difference(float("nan"), float("nan"), float("nan"))
    sums = np.array([sum(values) for values in of_user.values()])
    numbers = np.array([len(values) for values in of_user.values()], dtype=float)
    generator = np.random.default_rng(seed)
    means = np.empty(RESAMPLES)
    for at in range(RESAMPLES):
        drawn = generator.integers(0, len(sums), len(sums))
        means[at] = sums[drawn].sum() / numbers[drawn].sum()
    low, high = np.quantile(means, (0.025, 0.975))
    return Difference(float(sums.sum() / numbers.sum()), float(low), float(high))
