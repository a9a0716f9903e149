"""This file holds what a ranker is."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.db.models import F, Func, IntegerField, Q, Value

from events.keyset import Key, Negative, Order
from events.models import Event
from recommendations.candidates import Filters
from recommendations.features import Feature
from recommendations.viewer import Listing, Viewer

_SQL = Path(__file__).resolve().parents[1] / "sql"


@dataclass(frozen=True)
class Tier:
    """A part of the candidates: of the categories `within` or, if that is None, of all `outside` others.

    `listed` events, if given, are the whole of it, in this order; `unlisted` ones belong to another tier.
    """

    interest_match: bool
    within: tuple[str, ...] | None = None
    outside: tuple[str, ...] = ()
    listed: tuple[int, ...] | None = None
    unlisted: tuple[int, ...] = ()

    @property
    def condition(self) -> Q:
        """What an event of the tier fulfils."""
        if self.listed is not None:
            return Q(pk__in=self.listed)
        categories = ~Q(category__in=self.outside) if self.within is None else Q(category__in=self.within)
        return categories & ~Q(pk__in=self.unlisted) if self.unlisted else categories

    def holds(self, event: Event) -> bool:
        """Say whether an event fulfils it, with the category that it carries."""
        if self.listed is not None:
            return event.pk in self.listed
        if event.pk in self.unlisted:
            return False
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
        if tier.listed is not None:
            return _text_of("by_listing")
        return _text_of(self.everywhere if tier.within is None else self.within)


@cache
def _text_of(statement: str) -> str:
    return (_SQL / f"{statement}.sql").read_text()


@dataclass(frozen=True)
class Ranker:
    """A way to order candidates, as a value: tiers, read one after the other, and a sorting within each.

    The tiers are disjoint and hold every candidate; every event of one comes before every event of the next. The
    reasons told to the viewer follow the order of `features`. The order of a `personal` one depends on who looks; who
    has turned that off gets `popular` instead. One that puts the head of a feed in order for each person has `listing`,
    which makes it for the first page; beginning.py asks it.
    """

    name: str
    title: str
    features: tuple[Feature, ...]
    personal: bool
    sorting: Sorting
    tiers: Callable[[Viewer, Filters], tuple[Tier, ...]]
    listing: Callable[[Viewer, Filters], Listing] | None = None

    def sorting_of(self, tier: Tier) -> Sorting:
        """Return the order within a tier."""
        return self.sorting if tier.listed is None else _by_listing(tier.listed)


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
    "by_popularity_within",
)
BY_START = Sorting(
    Order((_START, _ID)),
    Order((_START, _KEPT_ID)),
    ("after_start", "after_id"),
    "by_start",
    "by_start_within",
)


def _by_listing(listed: tuple[int, ...]) -> Sorting:
    def place(column: str) -> Func:
        return Func(Value(list(listed)), F(column), function="array_position", output_field=IntegerField())

    here, kept = (Order((Key(place(column), "listed_place"),)) for column in ("id", "event_id"))
    return Sorting(here, kept, ("after_place",), "by_listing", "by_listing")
