"""The interactions of a user before a moment, and how much each of them weighs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import NamedTuple

from interactions.models import Interaction

# How clearly an action speaks for its event. Looking costs nothing; a dismissal speaks against it.
WEIGHTS = {"APPLY": 1.0, "SAVE": 0.7, "CLICK": 0.3, "VIEW": 0.15, "DISMISS": -0.5}
# After this many days an interaction weighs half.
HALF_LIFE_DAYS = 180.0
# Interactions that are read. Older ones weigh little.
MAX_ITEMS = 500
DAY_SECONDS = 86_400.0


# In the order of HistoryItem.
_EVENT_FIELDS = (
    "organiser_id", "location_name", "category", "tags", "latitude", "longitude", "start_at", "title",
)  # fmt: skip


class HistoryItem(NamedTuple):
    """An interaction of a user, with the attributes of its event; times in seconds since 1970."""

    event_id: int
    action: str
    created_at: float
    organiser_id: int | None
    venue: str
    category: str | None
    tags: list[str]
    latitude: float | None
    longitude: float | None
    start_at: float
    title: str


@dataclass(frozen=True)
class UserHistory:
    """The interactions of a user before `now` (seconds since 1970), newest first, with their weights at that moment."""

    now: float
    items: tuple[HistoryItem, ...]
    weights: tuple[float, ...]

    @cached_property
    def positives(self) -> tuple[tuple[HistoryItem, float], ...]:
        """The interactions that speak for their event, with their weights."""
        return tuple((item, weight) for item, weight in zip(self.items, self.weights, strict=True) if weight > 0)

    @property
    def last_positive_at(self) -> float | None:
        """When the newest positive interaction was; None without any."""
        return self.positives[0][0].created_at if self.positives else None

    @property
    def event_ids(self) -> frozenset[int]:
        """The events that the user interacted with."""
        return frozenset(item.event_id for item in self.items)


def user_history(user_id: int, now: datetime) -> UserHistory:
    """Return the newest interactions of a user before a moment, at most MAX_ITEMS. One statement."""
    newest = Interaction.objects.filter(user=user_id, created_at__lt=now).order_by("-created_at", "-pk")[:MAX_ITEMS]
    items = tuple(
        HistoryItem._make((event_id, action, created_at.timestamp(), *attributes, start_at.timestamp(), title))
        for event_id, action, created_at, *attributes, start_at, title in newest.values_list(
            "event_id", "action", "created_at", *(f"event__{name}" for name in _EVENT_FIELDS)
        )
    )
    seconds = now.timestamp()
    ages_days = ((seconds - item.created_at) / DAY_SECONDS for item in items)
    weights = (WEIGHTS[item.action] * 0.5 ** (age / HALF_LIFE_DAYS) for item, age in zip(items, ages_days, strict=True))
    return UserHistory(seconds, items, tuple(weights))


def heaviest(weighted: Iterable[tuple[Hashable | None, float]], number: int) -> list[Hashable]:
    """Return the keys with the greatest sums of weights, at most `number`; equal ones by first occurrence.

    None and the empty string aren't keys.
    """
    sums: dict[Hashable, float] = defaultdict(float)
    for key, weight in weighted:
        if key not in (None, ""):
            sums[key] += weight
    return sorted((key for key in sums if sums[key] > 0), key=lambda key: -sums[key])[:number]
