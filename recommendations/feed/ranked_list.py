"""The ranked list of a ranker that orders the head of a feed for one person, such as the hybrid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, Self


class NoActiveRun(Exception):
    """No training run is active. Train one: manage.py train."""


class Attribution(NamedTuple):
    """What one feature contributed to a score: its value, never NaN, and the contribution in the score's unit."""

    feature: str
    value: float
    contribution: float


class RankedItem(NamedTuple):
    """An event on a ranked list, with its score and the features that contributed most."""

    event_id: int
    score: float
    attributions: tuple[Attribution, ...]


@dataclass(frozen=True)
class RankedList:
    """The head of one person's feed: events, best first, under the key that later pages find it by.

    Stored in columns, as the cache holds it: a page reads hundreds of items and shows a few. scores: one for each
    event; attributions: of the first events only. `from_cache`: it was made for an earlier request.
    """

    key: str
    event_ids: tuple[int, ...]
    scores: tuple[float, ...]
    attributions: tuple[tuple[tuple[str, float, float], ...], ...]
    from_cache: bool = False

    @classmethod
    def of(cls, key: str, items: Sequence[RankedItem]) -> Self:
        """Return the ranked list of these items."""
        explained = max((number for number, item in enumerate(items, 1) if item.attributions), default=0)
        return cls(
            key,
            tuple(item.event_id for item in items),
            tuple(item.score for item in items),
            tuple(item.attributions for item in items[:explained]),
        )

    def item_of(self, event_id: int) -> RankedItem | None:
        """Return the item of an event; None if it is not on the list."""
        if event_id not in self.event_ids:
            return None
        index = self.event_ids.index(event_id)
        attributions = self.attributions[index] if index < len(self.attributions) else ()
        return RankedItem(event_id, self.scores[index], tuple(map(Attribution._make, attributions)))
