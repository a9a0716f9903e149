"""This file holds the scores of people without a past: the re-ranker's order and popularity's, fused."""

from __future__ import annotations

from typing import TYPE_CHECKING

from recommendations.hybrid.signals import COLUMN_OF

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# How soon the first places stop being worth much more than those behind them; 60 in the source, for lists of thousands.
K = 10


def fused(scores: NDArray[np.float64], signals: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the scores of a shortlist for whoever it is: unchanged for a person who has chosen anything.

    Of somebody who has not, the re-ranker knows little more than what others chose lately, and errs as fashions turn.
    Their scores are the sums of 1 / (K + place) over the re-ranker's order and the heuristic's within the shortlist,
    in (0, 2 / K]. Source: reciprocal rank fusion, Cormack, Clarke & Büttcher 2009. scores: float64[candidates];
    signals: float32[candidates, signals].
    """
    import numpy as np

    if not len(scores) or signals[0, COLUMN_OF["deeds"]] > 0:
        return scores
    match, people, lead_days = (signals[:, COLUMN_OF[name]] for name in ("interest_match", "people", "lead_days"))
    heuristic = np.lexsort((lead_days, -people, -match))
    learned = np.argsort(-scores, kind="stable")
    found: NDArray[np.float64] = sum((1 / (K + _places(order)) for order in (learned, heuristic)), start=np.zeros(1))
    return found


def _places(order: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the place of each, from 0, given who stands at each place."""
    import numpy as np

    places = np.empty(len(order))
    places[order] = np.arange(len(order))
    return places
