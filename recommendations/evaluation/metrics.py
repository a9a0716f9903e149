"""Metrics of one user's ranking, with binary gains. Callers take the mean over users."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from math import log2


def ndcg_at(k: int, ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Return the normalised discounted cumulative gain of the first k items, in [0, 1].

    NaN if nothing is relevant, so that such users do not affect the mean.
    Source: Järvelin & Kekäläinen 2002, eq. 4, with log2(rank + 1) for ranks starting at 1.
    """
    if not relevant:
        return float("nan")
    gained = sum(1 / log2(index + 2) for index, item in enumerate(ranked[:k]) if item in relevant)
    return gained / sum(1 / log2(index + 2) for index in range(min(k, len(relevant))))


def recall_at(k: int, ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Return the share of the relevant items that is among the first k, in [0, 1]; NaN if nothing is relevant."""
    if not relevant:
        return float("nan")
    return sum(item in relevant for item in ranked[:k]) / len(relevant)


def reciprocal_rank(k: int, ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Return 1 / the rank of the first relevant item, in [0, 1].

    0 if none of the first k is relevant, NaN if nothing is relevant.
    Source: Voorhees 1999, "The TREC-8 question answering track report".
    """
    if not relevant:
        return float("nan")
    return next((1 / rank for rank, item in enumerate(ranked[:k], start=1) if item in relevant), 0.0)
