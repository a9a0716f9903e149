"""Diversification of scored candidates: best first, but no page of one organiser only."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from typing import NamedTuple

# Of ten successive events, one organiser gets at most this many while others have any left. What a stricter limit costs
# people who go to one organiser only: docs/decisions/0011-the-hybrid.md.
BLOCK, MAX_PER_ORGANISER = 10, 9


class ScoredCandidate(NamedTuple):
    """The position of a candidate, with its score and its organiser, if it has one."""

    position: int
    score: float
    organiser_id: int | None


def diversified(scored: Sequence[ScoredCandidate]) -> list[ScoredCandidate]:
    """Return the candidates best first, but hold one back while its organiser has most of the preceding ones.

    The score of a candidate that was held back is lowered to its predecessor's, so that scores never rise. Equal scores
    are ordered by position. Greedy re-ranking after Carbonell & Goldstein 1998, with a limit instead of a weight.
    """
    waiting = sorted(scored, key=lambda each: (-each.score, each.position))
    preceding: deque[int | None] = deque()
    counts: Counter[int | None] = Counter()
    result: list[ScoredCandidate] = []
    lowest = float("inf")
    while waiting:
        free = (
            number
            for number, each in enumerate(waiting)
            if each.organiser_id is None or counts[each.organiser_id] < MAX_PER_ORGANISER
        )
        chosen = waiting.pop(next(free, 0))
        if len(preceding) == BLOCK - 1:
            counts[preceding.popleft()] -= 1
        preceding.append(chosen.organiser_id)
        counts[chosen.organiser_id] += 1
        lowest = min(lowest, chosen.score)
        result.append(chosen._replace(score=lowest))
    return result
