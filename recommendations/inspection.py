"""The inspection of a feed: the pages of one or two rankers, with positions, values and reasons."""

from dataclasses import dataclass
from typing import Any

from api.keyset import decode, encode
from events.models import Event
from recommendations.checking import one_snapshot
from recommendations.feed.pagination import Page, Position, cursor_for, page_for, resumed
from recommendations.feed.ranking import Feed, Ranker, feed_for
from recommendations.feed.reasons import Criterion, criteria_of, reason_texts, reasons_for
from recommendations.feed.viewer import Filters, Viewer

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
    """An event of a feed: its place, the values it is ordered by, the reasons in words.

    `elsewhere` is its place with the other ranker, None if that is behind the first DEPTH or if there is no other.
    """

    place: int
    event: Event
    values: tuple[tuple[Criterion, Any], ...]
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


def inspection_of(asked: Asked, *, limit: int, cursor: str | None) -> Inspection:
    """Return a page of what is inspected, as the endpoint would serve it, read from one snapshot.

    ValidationError for a cursor of another inspection, CursorExpired for one of another version or whose ranked list is
    gone. Positions are counted from the first page on. At most four statements for each ranker.
    """
    first: list[Any] = [0, *("" for _ in asked.rankers)]
    shown, *cursors = first if cursor is None else decode(cursor, scope=_scope(asked))
    # Before the snapshot: a ranked list may be made here, and cached.
    feeds = [_feed(asked, ranker, at) for ranker, at in zip(asked.rankers, cursors, strict=True)]
    with one_snapshot():
        # A feed whose cursor is None has ended.
        pages = [
            Page((), None) if at is None else page_for(feed, limit=limit, after=after)
            for (feed, after), at in zip(feeds, cursors, strict=True)
        ]
        places = [_first_places(feed) for feed, _ in feeds] if asked.beside else [{}]
    columns, following = [], []
    for ranker, (feed, _), page, elsewhere in zip(asked.rankers, feeds, pages, reversed(places), strict=True):
        rows = (_row(event, place, feed.ranker, elsewhere) for place, event in enumerate(page.events, shown + 1))
        columns.append(Column(ranker, feed.ranker, tuple(rows)))
        following.append(cursor_for(page, feed, ranker))
    more = encode([shown + limit, *following], scope=_scope(asked)) if any(following) else None
    return Inspection(tuple(columns), more)


def _feed(asked: Asked, ranker: Ranker, cursor: str | None) -> tuple[Feed, Position | None]:
    """Return a feed and where it goes on: at its beginning without a cursor."""
    if cursor:
        return resumed(cursor, asked.viewer, ranker, asked.filters)
    return feed_for(asked.viewer, ranker, asked.filters), None


def _first_places(feed: Feed) -> dict[int, int]:
    events = page_for(feed, limit=DEPTH).events
    return {event.pk: place for place, event in enumerate(events, start=1)}


def _row(event: Event, place: int, ranker: Ranker, elsewhere: dict[int, int]) -> Row:
    return Row(
        place,
        event,
        tuple((criterion, getattr(event, criterion.name)) for criterion in criteria_of(ranker)),
        tuple(reason_texts(reasons_for(event, ranker))),
        elsewhere.get(event.pk),
    )


def _scope(asked: Asked) -> tuple[object, ...]:
    names = [ranker.name for ranker in asked.rankers]
    return ("inspection", asked.viewer.known_user.pk, *names, *asked.filters.key)
