"""This file holds the inspection of a feed: one or two rankers' pages, with places, values and reasons."""

from dataclasses import dataclass
from typing import Any

from events.keyset import decode, encode
from events.models import Event
from recommendations.beginning import begun
from recommendations.candidates import Filters
from recommendations.checking import one_snapshot
from recommendations.explanations import reasons_for
from recommendations.features import Feature
from recommendations.feed import Position, feed_for
from recommendations.pagination import cursor_for, resumed
from recommendations.rankers.base import Ranker
from recommendations.viewer import Viewer

# How far the other ranker's feed is looked through for an event's place there.
DEPTH = 500


@dataclass(frozen=True)
class Asked:
    """What is inspected: whose feed and when, by which ranker, and beside which other one, if any."""

    viewer: Viewer
    ranker: Ranker
    beside: Ranker | None
    filters: Filters

    @property
    def rankers(self) -> tuple[Ranker, ...]:
        """The rankers, one or two."""
        return (self.ranker,) if self.beside is None else (self.ranker, self.beside)


@dataclass(frozen=True)
class Row:
    """An event of a feed: its place, the ranker's values with their features, the reasons in words.

    `elsewhere` is its place with the other ranker, None if that is behind the first DEPTH or if there is no other.
    """

    place: int
    event: Event
    values: tuple[tuple[Feature, Any], ...]
    reasons: tuple[str, ...]
    elsewhere: int | None


@dataclass(frozen=True)
class Column:
    """A page of one ranker's feed, and the ranker that answers for it."""

    asked: Ranker
    ranker: Ranker
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Inspection:
    """A page of the feed for each ranker, and the cursor of the next one; None when every feed has ended."""

    columns: tuple[Column, ...]
    cursor: str | None


@dataclass(frozen=True)
class _Feed:
    """A feed that was begun, or is gone on with; `ended` is one that has no more pages."""

    asked: Ranker
    viewer: Viewer
    ranker: Ranker
    after: Position | None
    ended: bool


def inspection_of(asked: Asked, *, limit: int, cursor: str | None) -> Inspection:
    """Return a page of what is inspected, as the endpoint would serve it, read from one snapshot.

    ValidationError for a foreign cursor, ListingExpired for one whose order is kept no longer. Places are counted from
    the first page on. At most four statements for each tier.
    """
    began: list[Any] = [0, *("" for _ in asked.rankers)]
    shown, *cursors = began if cursor is None else decode(cursor, scope=_scope(asked))
    feeds = [_feed(asked, ranker, at) for ranker, at in zip(asked.rankers, cursors, strict=True)]
    with one_snapshot():
        pages = [_page(asked, feed, limit) for feed in feeds]
        places = [_first_places(asked, feed) for feed in feeds] if asked.beside else [{}]
    columns = []
    for feed, (page, _), there in zip(feeds, pages, reversed(places), strict=True):
        rows = tuple(_row(event, place, feed.ranker, there) for place, event in enumerate(page, shown + 1))
        columns.append(Column(feed.asked, feed.ranker, rows))
    following = [ended_at for _, ended_at in pages]
    more = encode([shown + limit, *following], scope=_scope(asked)) if any(following) else None
    return Inspection(tuple(columns), more)


def _feed(asked: Asked, ranker: Ranker, cursor: str | None) -> _Feed:
    """Return a feed at a cursor: at its beginning for "", at its end for None. Here a listing may be made and kept."""
    if cursor:
        viewer, answering, after = resumed(cursor, asked.viewer, ranker, asked.filters)
        return _Feed(ranker, viewer, answering, after, ended=False)
    return _Feed(ranker, *begun(asked.viewer, ranker, asked.filters), after=None, ended=cursor is None)


def _page(asked: Asked, feed: _Feed, limit: int) -> tuple[tuple[Event, ...], str | None]:
    """Return a page and the cursor of the next one."""
    if feed.ended:
        return (), None
    page = feed_for(feed.viewer, feed.ranker, filters=asked.filters, limit=limit, after=feed.after)
    if page.end is None:
        return page.events, None
    return page.events, cursor_for(page.end, feed.viewer, feed.asked, feed.ranker, asked.filters)


def _first_places(asked: Asked, feed: _Feed) -> dict[int, int]:
    page = feed_for(feed.viewer, feed.ranker, filters=asked.filters, limit=DEPTH, after=None)
    return {event.pk: place for place, event in enumerate(page.events, start=1)}


def _row(event: Event, place: int, ranker: Ranker, elsewhere: dict[int, int]) -> Row:
    return Row(
        place,
        event,
        tuple((feature, getattr(event, feature.name)) for feature in ranker.features),
        tuple(reason["text"] for reason in reasons_for(event, ranker)),
        elsewhere.get(event.pk),
    )


def _scope(asked: Asked) -> tuple[object, ...]:
    names = [ranker.name for ranker in asked.rankers]
    return ("inspection", asked.viewer.user.pk, *names, asked.filters.type, asked.filters.category)
