"""This file holds the reading of a feed: a page from the tiers of a ranker, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db.models import Model

from events.models import Event, Organiser
from events.prepared import instance_of, rows_of
from recommendations.candidates import Filters
from recommendations.rankers.base import Ranker, Tier
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Sight:
    """What the reader of a page could see: the statement's snapshot and its time, both as PostgreSQL writes them."""

    snapshot: str
    at: str

    @property
    def settled(self) -> int:
        """The transactions below this number had ended then, so that the reader saw what they did."""
        return int(self.snapshot.partition(":")[0])


@dataclass(frozen=True)
class Position:
    """Where a page ended: the tier, the last row's place in its order, and what the first page's reader could see."""

    tier: int
    place: tuple[int | datetime, ...]
    began: Sight


@dataclass(frozen=True)
class FeedPage:
    """A stretch of a feed: events that carry the ranker's features, and where it ended; None at the end of all."""

    events: tuple[Event, ...]
    end: Position | None


# Before the first row of every order, and before every change of a row.
_BEFORE_ALL = {"after_place": 0, "after_count": -(2**31), "after_start": datetime(1, 1, 1, tzinfo=UTC), "after_id": 0}
# Of a reader who begins, or who goes on from an event that nobody has read up to: everything had ended then.
NOTHING_MISSED = Sight(f"{2**63 - 1}:{2**63 - 1}:", "infinity")
_ALL_TYPES = tuple(Event.Type.values)
# The statements end with the columns in the order of the model, but for the last two.
_COLUMNS = [field.attname for field in Event._meta.concrete_fields][:-2]
_ORGANISER_AT = _COLUMNS.index("organiser_id")
# The count is part of an event wherever it is shown, whether it ordered the row or not.
_CARRIED = [*_COLUMNS, "interaction_count", "interest_match", "personal"]
_ORGANISER_COLUMNS = [field.attname for field in Organiser._meta.concrete_fields]


def feed_for(viewer: Viewer, ranker: Ranker, *, filters: Filters, limit: int, after: Position | None) -> FeedPage:
    """Return the next `limit` events of the viewer's feed, in at most one statement per tier.

    Following `end` until it is None gives every candidate once, in order, while nothing changes. While things change,
    no event comes twice: what moved towards the back since the first page is left out of the later ones.
    """
    page: dict[int, tuple[int, Event]] = {}
    began = after.began if after else None
    more = False
    for number, tier in enumerate(ranker.tiers(viewer, filters)):
        if after and number < after.tier:
            continue
        place = after.place if after and number == after.tier else None
        # One more than the page shows whether another follows.
        wanted = limit + 1 - len(page)
        found, sight = _read(viewer, ranker, tier, filters, place=place, began=began or NOTHING_MISSED, rows=wanted)
        for event in found:
            # Between two statements an event may have changed its tier; it stays where it was seen first.
            page.setdefault(event.id, (number, event))
        began = began or sight
        more = len(found) == wanted
        if more:
            break
    shown = list(page.values())[:limit]
    events = tuple(event for _, event in shown)
    if not more or not shown or began is None:
        return FeedPage(events, None)
    number, last = shown[-1]
    order = ranker.sorting_of(ranker.tiers(viewer, filters)[number]).order
    return FeedPage(events, Position(number, order.position_of(last), began))


def whole_feed(viewer: Viewer, ranker: Ranker, filters: Filters) -> Iterator[Event]:
    """Yield every event of the viewer's feed in order, page by page."""
    after = None
    while True:
        page = feed_for(viewer, ranker, filters=filters, limit=100, after=after)
        yield from page.events
        after = page.end
        if after is None:
            return


def _read(
    viewer: Viewer,
    ranker: Ranker,
    tier: Tier,
    filters: Filters,
    *,
    place: tuple[int | datetime, ...] | None,
    began: Sight,
    rows: int,
) -> tuple[list[Event], Sight | None]:
    parameters: dict[str, Any] = {
        "user": viewer.user.pk,
        "now": viewer.now,
        "types": _texts(_ALL_TYPES if filters.type is None else (filters.type,)),
        "within": None if tier.within is None else _texts(tier.within),
        "outside": _texts(tier.outside),
        "listed": _numbers(tier.listed or ()),
        "unlisted": _numbers(tier.unlisted),
        "category": filters.category,
        "rows": rows,
        **_BEFORE_ALL,
        "settled": began.settled,
        "seen_in": began.snapshot,
        "seen_at": began.at,
    }
    if place is not None:
        parameters.update(zip(ranker.sorting_of(tier).parameters, place, strict=True))
    found = rows_of(ranker.sorting.sql_for(tier), parameters)
    return [_event(row, tier, viewer) for row in found], Sight(*found[0][3:5]) if found else None


# psycopg looks at each element of a list to find out what array it is: of hundreds, longer than the statement takes.
def _numbers(values: tuple[int, ...]) -> str:
    """Return numbers as PostgreSQL reads an array."""
    return f"{{{str(list(values))[1:-1]}}}"


@lru_cache(1_000)
def _texts(values: tuple[str, ...]) -> str:
    """Return texts as PostgreSQL reads an array (manual, "Array Input and Output Syntax")."""
    quoted = (value.replace("\\", r"\\").replace('"', r"\"") for value in values)
    return f"""{{{",".join(f'"{value}"' for value in quoted)}}}"""


def _event(row: tuple[Any, ...], tier: Tier, viewer: Viewer) -> Event:
    organiser_name, organiser_external_id, interaction_count, _, _, *values = row
    related: dict[str, Model] = {}
    if organiser_name is not None:
        organiser = (values[_ORGANISER_AT], organiser_name, organiser_external_id)
        related["organiser"] = instance_of(Organiser, _ORGANISER_COLUMNS, organiser)
    event = instance_of(Event, _CARRIED, (*values, interaction_count, tier.interest_match, None), related)
    if tier.listed is not None and viewer.listing is not None:
        place = tier.listed.index(event.pk)
        event.__dict__.update(
            listed_place=place + 1,
            personal=viewer.listing.place(place),
            interest_match=event.category in viewer.interests,
        )
    return event
