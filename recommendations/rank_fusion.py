"""Reciprocal rank fusion: one order of several."""

from collections.abc import Iterable, Sequence

# How much the first ranks count more than those behind them. 60 in the source, for lists of thousands.
K = 10


def reciprocal_rank_fusion(lists: Iterable[Sequence[int]]) -> dict[int, float]:
    """Return the sum of 1 / (K + rank) over the lists that an item is in, ranks from 0.

    Source: Cormack, Clarke & Büttcher 2009.
    """
    scores: dict[int, float] = {}
    for items in lists:
        for rank, item in enumerate(items):
            scores[item] = scores.get(item, 0.0) + 1 / (K + rank)
    return scores
