"""Diversification of scored candidates: best first, but no page of one organiser or one series only."""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from collections.abc import Sequence
from typing import NamedTuple

# Of ten successive events, one organiser gets at most this many while others have any left. What a stricter limit costs
# people who go to one organiser only: docs/decisions/0011-the-hybrid.md.
BLOCK, MAX_PER_ORGANISER = 10, 9


class ScoredCandidate(NamedTuple):
    """The position of a candidate, with its score, its organiser and series, if it has them, and its start."""

    position: int
    score: float
    organiser_id: int | None
    series: str | None = None
    start_at: float = 0.0


def diversified(scored: Sequence[ScoredCandidate]) -> list[ScoredCandidate]:
    """Return the candidates best first, but hold one back while its organiser has most of the preceding ones.

    Of a series, the next date gets the best score of all; the other dates come after all other candidates. The score of
    a candidate that was held back is lowered to its predecessor's, so that scores never rise. Equal scores are ordered
    by position. Greedy re-ranking after Carbonell & Goldstein 1998, with a limit instead of a weight.
    """
    preceding: deque[int | None] = deque()
    counts: Counter[int | None] = Counter()
    result: list[ScoredCandidate] = []
    lowest = float("inf")
    for part in _next_and_later_dates(scored):
        waiting = sorted(part, key=lambda each: (-each.score, each.position))
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


def _next_and_later_dates(scored: Sequence[ScoredCandidate]) -> tuple[list[ScoredCandidate], list[ScoredCandidate]]:
    """Return the candidates with only the next date of each series, and the later dates."""
    by_series: dict[str | None, list[ScoredCandidate]] = defaultdict(list)
    for each in scored:
        by_series[each.series].append(each)
    first, later = by_series.pop(None, []), []
    for dates in by_series.values():
        next_date, *others = sorted(dates, key=lambda each: (each.start_at, each.position))
        first.append(next_date._replace(score=max(each.score for each in dates)))
        later += others
    return first, later
