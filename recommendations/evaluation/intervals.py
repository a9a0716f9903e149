"""This file holds the intervals: how sure a difference between two rankers is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

RESAMPLES = 2_000


@dataclass(frozen=True)
class Difference:
    """The mean of paired differences over tasks, and the 95 % interval of it, `low` to `high`; NaN for no task."""

    mean: float
    low: float
    high: float


def paired(ours: Mapping[tuple[str, str], float], theirs: Mapping[tuple[str, str], float], *, seed: int) -> Difference:
    """Return ours less theirs over the tasks (window, user) that both have, by a bootstrap that resamples users.

    A user's tasks are drawn together: their results are not independent. Percentile interval of RESAMPLES means.
    Source: Efron & Tibshirani 1993, "An Introduction to the Bootstrap", chapters 8 and 13.
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
