"""This file holds the metrics of a ranking: pure functions of what was ranked and what was relevant.

Each is of one person; means over people are taken by whoever asks. Gains are binary.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from math import log2


def ndcg_at(k: int, ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Return the normalised discounted cumulative gain of the first k places, in [0, 1].

    NaN when nothing is relevant, so that such people leave the mean untouched.
    Source: Järvelin & Kekäläinen 2002, eq. 4, with log2(place + 1) for places counted from 1.
    """
    if not relevant:
        return float("nan")
    gained = sum(1 / log2(place + 2) for place, item in enumerate(ranked[:k]) if item in relevant)
    return gained / sum(1 / log2(place + 2) for place in range(min(k, len(relevant))))


def recall_at(k: int, ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Return the part of the relevant that is among the first k places, in [0, 1]; NaN when nothing is relevant."""
    if not relevant:
        return float("nan")
    return sum(item in relevant for item in ranked[:k]) / len(relevant)


def reciprocal_rank(k: int, ranked: Sequence[Hashable], relevant: Collection[Hashable]) -> float:
    """Return 1 / the place of the first relevant one, in [0, 1]; 0 if none is among the first k, NaN if none is.

    Source: Voorhees 1999, "The TREC-8 question answering track report".
    """
    if not relevant:
        return float("nan")
    return next((1 / place for place, item in enumerate(ranked[:k], start=1) if item in relevant), 0.0)


def coverage(k: int, rankings: Sequence[Sequence[Hashable]], candidates: Collection[Hashable]) -> float:
    """Return the part of the candidates that is among anybody's first k places, in [0, 1]; NaN for no candidates."""
    if not candidates:
        return float("nan")
    shown = {item for ranked in rankings for item in ranked[:k]}
    return len(shown.intersection(candidates)) / len(set(candidates))
