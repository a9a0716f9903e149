"""This file holds the arrangement of scored events: best first, but no page of one organiser only."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

# Of ten places in a row, one organiser gets at most so many while others have anything to show. What a stricter limit
# takes from people who go to one organiser only: docs/decisions/0011-the-hybrid.md.
BLOCK, MOST_OF_ONE = 10, 9


class Scored(NamedTuple):
    """An event with its score and its organiser, if it has one."""

    place: int
    score: float
    organiser_id: int | None


@dataclass
class _Window:
    """The organisers of the last places."""

    recent: deque[int | None]
    numbers: Counter[int | None]

    def add(self, organiser_id: int | None) -> None:
        if len(self.recent) == BLOCK - 1:
            self.numbers[self.recent.popleft()] -= 1
        self.recent.append(organiser_id)
        self.numbers[organiser_id] += 1

    def is_full_of(self, organiser_id: int | None) -> bool:
        return organiser_id is not None and self.numbers[organiser_id] >= MOST_OF_ONE


def arranged(scored: Sequence[Scored]) -> list[Scored]:
    """Return the events best first, except that an organiser waits who already has most of the last places.

    The score of one that had to wait is lowered to its predecessor's, so that scores never rise from place to place.
    Among equal scores, the smaller place first. The greedy re-ranking of Carbonell & Goldstein 1998, with a limit in
    the place of a weight.
    """
    waiting = sorted(scored, key=lambda each: (-each.score, each.place))
    window = _Window(deque(), Counter())
    found: list[Scored] = []
    lowest = float("inf")
    while waiting:
        at = next((at for at, each in enumerate(waiting) if not window.is_full_of(each.organiser_id)), 0)
        chosen = waiting.pop(at)
        window.add(chosen.organiser_id)
        lowest = min(lowest, chosen.score)
        found.append(chosen._replace(score=lowest))
    return found
