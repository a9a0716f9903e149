"""This file holds the inspection of a feed: one or two rankers' pages, with places, values and reasons."""

from dataclasses import dataclass
from typing import Any

from events.keyset import decode, encode
from events.models import Event
from recommendations.candidates import Filters
from recommendations.explanations import reasons_for
from recommendations.features import Feature
from recommendations.feed import feed_for
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
    """A page of one ranker's feed."""

    ranker: Ranker
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Inspection:
    """A page of the feed for each ranker, and the cursor of the next one; None when every feed has ended."""

    columns: tuple[Column, ...]
    cursor: str | None


def inspection_of(asked: Asked, *, limit: int, cursor: str | None) -> Inspection:
    """Return a page of what is inspected, as the endpoint would serve it; ValidationError for a foreign cursor.

    Places are counted from the first page on. At most four statements for each tier: call it within one_snapshot().
    """
    began: list[Any] = [0, *("" for _ in asked.rankers)]
    shown, *cursors = began if cursor is None else decode(cursor, scope=_scope(asked))
    pages = [_page(asked, ranker, limit, at) for ranker, at in zip(asked.rankers, cursors, strict=True)]
    places = [_first_places(asked, ranker) for ranker in asked.rankers] if asked.beside else [{}]
    columns = tuple(
        Column(ranker, tuple(_row(event, place, ranker, elsewhere) for place, event in enumerate(page, shown + 1)))
        for ranker, (page, _), elsewhere in zip(asked.rankers, pages, reversed(places), strict=True)
    )
    following = [ended_at for _, ended_at in pages]
    more = encode([shown + limit, *following], scope=_scope(asked)) if any(following) else None
    return Inspection(columns, more)


def _page(asked: Asked, ranker: Ranker, limit: int, cursor: str | None) -> tuple[tuple[Event, ...], str | None]:
    """Return a page and its cursor; the first one for "", nothing for None, which says that the feed has ended."""
    if cursor is None:
        return (), None
    viewer, after = asked.viewer, None
    if cursor:
        viewer, after = resumed(cursor, viewer, ranker, asked.filters)
    page = feed_for(viewer, ranker, filters=asked.filters, limit=limit, after=after)
    return page.events, None if page.end is None else cursor_for(page.end, viewer, ranker, asked.filters)


def _first_places(asked: Asked, ranker: Ranker) -> dict[int, int]:
    page = feed_for(asked.viewer, ranker, filters=asked.filters, limit=DEPTH, after=None)
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
