"""Rank fusion: scores for people without history, from the order of the re-ranker and that of the heuristic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommendations.hybrid.features import COLUMN_OF

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How much the first ranks count more than those behind them. 60 in the source, for lists of thousands.
K = 10


def fused(scores: NDArray[np.float64], features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the scores of one user's candidates: unchanged if the user has positive interactions.

    Without history, the re-ranker knows little more than what others chose lately, and fails when fashions change.
    The scores are then the sums of 1 / (K + rank) over the re-ranker's and the heuristic's order of the candidates, in
    (0, 2 / K]. Source: reciprocal rank fusion, Cormack, Clarke & Büttcher 2009. scores: float64[candidates];
    features: float32[candidates, features].
    """
    import numpy as np

    if not len(scores) or features[0, COLUMN_OF["deeds"]] > 0:
        return scores
    match, people, lead_days = (features[:, COLUMN_OF[name]] for name in ("interest_match", "people", "lead_days"))
    heuristic = np.lexsort((lead_days, -people, -match))
    learned = np.argsort(-scores, kind="stable")
    total: NDArray[np.float64] = sum((1 / (K + _ranks(order)) for order in (learned, heuristic)), start=np.zeros(1))
    return total


def _ranks(order: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the rank of each candidate, from 0, given the candidates in order."""
    import numpy as np

    ranks = np.empty(len(order))
    ranks[order] = np.arange(len(order))
    return ranks
