"""This file holds what a ranker is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db.models import F, Q

from events.keyset import Key, Negative, Order
from events.models import Event
from recommendations.candidates import Filters
from recommendations.features import Feature
from recommendations.viewer import Viewer

_SQL = Path(__file__).resolve().parents[1] / "sql"


@dataclass(frozen=True)
class Tier:
    """A part of the candidates: of the categories `within` or, if that is None, of all `outside` others."""

    interest_match: bool
    within: tuple[str, ...] | None = None
    outside: tuple[str, ...] = ()

    @property
    def condition(self) -> Q:
        """What an event of the tier fulfils."""
        return ~Q(category__in=self.outside) if self.within is None else Q(category__in=self.within)

    def holds(self, event: Event) -> bool:
        """Say whether an event fulfils it, with the category that it carries."""
        return event.category not in self.outside if self.within is None else event.category in self.within


@dataclass(frozen=True)
class Sorting:
    """An order of candidates, and the statements that read the first of a tier in it from an index.

    `kept` is the same order over the tallies, which have its columns too. `everywhere` reads tiers that name what they
    are outside of, `within` those that name their categories. `parameters` are the statements' names for a position in
    the order, key by key; feed.py has the others.
    """

    order: Order
    kept: Order
    parameters: tuple[str, ...]
    everywhere: str
    within: str

    def sql_for(self, tier: Tier) -> str:
        """Return the statement that reads a tier."""
        return _text_of(self.everywhere if tier.within is None else self.within)


@cache
def _text_of(statement: str) -> str:
    return (_SQL / f"{statement}.sql").read_text()


@dataclass(frozen=True)
class Ranker:
    """A way to order candidates, as a value: tiers, read one after the other, and a sorting within each.

    The tiers are disjoint and hold every candidate; every event of one comes before every event of the next. The
    reasons told to the viewer follow the order of `features`.
    """

    name: str
    title: str
    features: tuple[Feature, ...]
    sorting: Sorting
    tiers: Callable[[Viewer, Filters], tuple[Tier, ...]]


def one_tier(viewer: Viewer, filters: Filters) -> tuple[Tier, ...]:
    """Return all candidates as one tier."""
    return (Tier(False, None if filters.category is None else (filters.category,)),)


_COUNT = Key(Negative("tally__interaction_count"), "interaction_count", negated=True)
_START = Key(F("start_at"), "start_at")
_ID = Key(F("id"), "pk")
_KEPT_COUNT = Key(F("descending_count"), "descending_count")
_KEPT_ID = Key(F("event_id"), "event_id")

BY_POPULARITY = Sorting(
    Order((_COUNT, _START, _ID)),
    Order((_KEPT_COUNT, _START, _KEPT_ID)),
    ("after_count", "after_start", "after_id"),
    "by_popularity",
    "by_popularity",
)
BY_START = Sorting(
    Order((_START, _ID)),
    Order((_START, _KEPT_ID)),
    ("after_start", "after_id"),
    "by_start",
    "by_start_within",
)
