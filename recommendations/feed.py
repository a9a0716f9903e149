"""This file holds the reading of a feed: a page from the tiers of a ranker, one after the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from django.db.models import BooleanField, DateTimeField, F, Func, TextField, Value

from events.models import Event, EventQuerySet
from recommendations.candidates import Filters, candidates_for
from recommendations.rankers.base import Ranker
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Sight:
    """What the reader of a page could see: the statement's snapshot, as PostgreSQL writes it, and its time."""

    snapshot: str
    at: datetime


@dataclass(frozen=True)
class Position:
    """Where a page ended: the tier, the last row's place in its order, and what the first page's reader could see."""

    tier: int
    place: tuple[int | datetime, ...]
    began: Sight


@dataclass(frozen=True)
class FeedPage:
    """A stretch of a feed: events annotated with the ranker's features, and where it ended; None at the end of all."""

    events: tuple[Event, ...]
    end: Position | None


class _Snapshot(Func):
    template = "pg_current_snapshot()::text"
    output_field = TextField()
    arity = 0


class _StatementTime(Func):
    template = "statement_timestamp()"
    output_field = DateTimeField()
    arity = 0


_SIGHT = attrgetter("seen_in", "seen_at")


def feed_for(viewer: Viewer, ranker: Ranker, *, filters: Filters, limit: int, after: Position | None) -> FeedPage:
    """Return the next `limit` events of the viewer's feed, in at most one statement per tier.

    Following `end` until it is None gives every candidate once, in order, while nothing changes. While things change,
    no event comes twice: what moved towards the back since the first page is left out of the later ones.
    """
    page: dict[int, tuple[int, Event]] = {}
    began = after.began if after else None
    more = False
    for number, rows in enumerate(ranker.tiers_of(candidates_for(viewer, filters), viewer)):
        if after and number < after.tier:
            continue
        if after and number == after.tier:
            rows = ranker.order.after(rows, after.place)
        if began is not None:
            rows = _not_receded_since(rows, began)
        # One more than the page shows whether another follows.
        wanted = limit + 1 - len(page)
        found = list(ranker.order.sorted(rows.annotate(seen_in=_Snapshot(), seen_at=_StatementTime()))[:wanted])
        for event in found:
            # Between two statements an event may have changed its tier; it stays where it was seen first.
            page.setdefault(event.pk, (number, event))
        if found and began is None:
            began = Sight(*_SIGHT(found[0]))
        more = len(found) == wanted
        if more:
            break
    shown = list(page.values())[:limit]
    events = tuple(event for _, event in shown)
    if not more or not shown or began is None:
        return FeedPage(events, None)
    tier, last = shown[-1]
    return FeedPage(events, Position(tier, ranker.order.position_of(last), began))


def whole_feed(viewer: Viewer, ranker: Ranker, filters: Filters) -> Iterator[Event]:
    """Yield every event of the viewer's feed in order, page by page."""
    after = None
    while True:
        page = feed_for(viewer, ranker, filters=filters, limit=100, after=after)
        yield from page.events
        after = page.end
        if after is None:
            return


def _not_receded_since(rows: EventQuerySet, began: Sight) -> EventQuerySet:
    receded = Func(
        F("tally__receded_xid"),
        F("tally__receded_at"),
        Value(began.snapshot),
        Value(began.at),
        function="receded_since",
        output_field=BooleanField(),
    )
    return rows.exclude(receded)
