"""The pages of a feed, and the signed cursors that lead from one to the next."""

from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import BigIntegerField, BooleanField, DateTimeField, F, Func, IntegerField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast
from psycopg.types.numeric import Int8

from api.keyset import BY_START, decode, encode, moment, next_address
from events.models import Event, EventQuerySet
from recommendations.feed.ranking import RANKERS, Feed, Ranker, candidates_for, feed_for, ranked
from recommendations.feed.viewer import Filters, Viewer
from recommendations.hybrid.cache import list_from_cache

# Counted up when the payload changes: a cursor of another version is then answered with 410.
VERSION = 2
_PAGE_HEADS = (Path(__file__).resolve().parent / "page_heads.sql").read_text()


@dataclass(frozen=True)
class Snapshot:
    """What the reader of a first page could see: the statement's snapshot and its time, as PostgreSQL writes them.

    Later pages leave out what was demoted since. See Note [Tallies] in interactions/models.py.
    """

    xids: str
    read_at: str

    @property
    def xmin(self) -> int:
        """Every transaction below this number had ended."""
        return int(self.xids.partition(":")[0])


_SNAPSHOT = RawSQL("ARRAY[pg_current_snapshot()::text, statement_timestamp()::text]", ())
# A first page leaves out nothing: every transaction had ended.
_EVERYTHING = Snapshot(f"{2**63 - 1}:{2**63 - 1}:", "infinity")


@dataclass(frozen=True)
class RankedValues:
    """The values by which an event is ordered; `interest_boost` is 1 or 0."""

    interest_boost: int
    interaction_count: int
    start_at: datetime
    event_id: int


# Before every event.
_START = RankedValues(1, 2**31, datetime(1, 1, 1, tzinfo=UTC), 0)


@dataclass(frozen=True)
class Position:
    """Where a page ended.

    `listed`: how many items of the ranked list are passed, 0 without one; `last`: the last event's values, None while
    the page ends within the ranked list.
    """

    listed: int
    last: RankedValues | None
    snapshot: Snapshot


@dataclass(frozen=True)
class Page:
    """Some events of a feed in order, with what ranked() annotates, and where they end: None at the end of the feed.

    An event from the ranked list also carries `ranked_item`; the others have None.
    """

    events: tuple[Event, ...]
    end: Position | None


def page_for(feed: Feed, *, limit: int, after: Position | None = None) -> Page:
    """Return the next `limit` events of a feed, by one statement; by two where a ranked list ends within the page.

    Following `end` until it is None gives every candidate once, in order, while nothing changes. While things change,
    no event comes twice: what was demoted since the first page is left out of the later ones.
    """
    # One more than the page shows whether another follows.
    rows = _next_listed(feed, after, limit + 1)
    snapshot = after.snapshot if after else _snapshot_of(rows)
    if len(rows) <= limit:
        rows += _next_ranked(feed, after.last if after else None, snapshot, limit + 1 - len(rows))
        snapshot = snapshot or _snapshot_of(rows)
    shown = tuple(rows[:limit])
    if len(rows) <= limit or snapshot is None:
        return Page(shown, None)
    return Page(shown, _position_of(feed, shown[-1], snapshot))


def whole_feed(feed: Feed) -> Iterator[Event]:
    """Yield every event of a feed in order, page by page."""
    page = page_for(feed, limit=100)
    yield from page.events
    while page.end is not None:
        page = page_for(feed, limit=100, after=page.end)
        yield from page.events


def event_in(feed: Feed, event_id: int) -> Event | None:
    """Return an event with what a page of the feed has of it, whether it is a candidate or not; None if it is gone."""
    events = _read(feed, ranked(Event.objects.filter(pk=event_id), feed.viewer), 1, with_snapshot=False)
    return events[0] if events else None


def values_of(event: Event) -> RankedValues:
    """Return the values by which an event was ordered."""
    return RankedValues(event.interest_boost, event.interaction_count, event.start_at, event.pk)


def _next_listed(feed: Feed, after: Position | None, rows: int) -> list[Event]:
    """Return the next events of the ranked list that are still candidates, in its order."""
    ids = feed.listed_ids[after.listed if after else 0 :]
    if not ids:
        return []
    place = Func(
        Value(list(ids), ArrayField(BigIntegerField())), F("pk"), function="array_position", output_field=IntegerField()
    )
    listed = candidates_for(feed.viewer, feed.filters).filter(pk__in=ids).annotate(place=place)
    return _read(feed, ranked(listed, feed.viewer, order=("place",)), rows, with_snapshot=after is None)


def _next_ranked(feed: Feed, after: RankedValues | None, snapshot: Snapshot | None, rows: int) -> list[Event]:
    """Return the next candidates in the ranker's order, without those of the ranked list."""
    if feed.ranker.order[0] == "start_at":
        candidates = _starting_next(feed, after, snapshot)
    else:
        candidates = page_heads(feed, after, snapshot, rows)
    return _read(feed, ranked(candidates, feed.viewer, order=feed.ranker.order), rows, with_snapshot=snapshot is None)


def page_heads(feed: Feed, after: RankedValues | None, snapshot: Snapshot | None, rows: int) -> EventQuerySet:
    """Return the candidates that can be among the next `rows` of a feed by popularity, with or without the boost.

    They are those of candidates_for(), so ranked() orders them as it would order all; they are found in an index.
    """
    viewer, filters = feed.viewer, feed.filters
    after, snapshot = after or _START, snapshot or _EVERYTHING
    boosted = "-interest_boost" in feed.ranker.order
    parameters = (
        Int8(viewer.user.pk),
        viewer.now,
        list(viewer.interests) if boosted else [],
        filters.category,
        filters.type,
        [Int8(event_id) for event_id in feed.listed_ids],
        Int8(rows),
        Int8(after.interest_boost if boosted else 0),
        Int8(-after.interaction_count),
        after.start_at,
        Int8(after.event_id),
        Int8(snapshot.xmin),
        snapshot.xids,
        snapshot.read_at,
    )
    return Event.objects.filter(pk__in=RawSQL(_PAGE_HEADS, parameters))  # noqa: S611 (a constant text)


def _starting_next(feed: Feed, after: RankedValues | None, snapshot: Snapshot | None) -> EventQuerySet:
    """Return the candidates after a position in the order of their start, which an index has."""
    candidates = candidates_for(feed.viewer, feed.filters)
    if after is not None:
        candidates = BY_START.after(candidates, (after.start_at, after.event_id))
    if snapshot is not None:
        candidates = candidates.exclude(
            Func(
                F("tally__demoted_xid"),
                F("tally__demoted_at"),
                Value(snapshot.xids),
                Cast(Value(snapshot.read_at), DateTimeField()),
                function="demoted_since",
                output_field=BooleanField(),
            )
        )
    return candidates


def _read(feed: Feed, events: EventQuerySet, rows: int, *, with_snapshot: bool) -> list[Event]:
    if with_snapshot:
        events = events.annotate(snapshot=_SNAPSHOT)
    found = list(events.select_related("organiser")[:rows])
    for event in found:
        item = feed.ranked_list.item_of(event.pk) if feed.ranked_list else None
        setattr(event, "ranked_item", item)
    return found


def _snapshot_of(events: list[Event]) -> Snapshot | None:
    """Return the snapshot that a first page was read in; None if nothing was found."""
    return Snapshot(*vars(events[0])["snapshot"]) if events else None


def _position_of(feed: Feed, event: Event, snapshot: Snapshot) -> Position:
    if event.pk in feed.listed_ids:
        return Position(feed.listed_ids.index(event.pk) + 1, None, snapshot)
    return Position(len(feed.listed_ids), values_of(event), snapshot)


@dataclass(frozen=True)
class FeedPage:
    """A page of a feed, as the endpoint answers it: `next` is the next page's address without a host, None at the end.

    `is_personal`: whether personal ranking was on when the feed began.
    """

    feed: Feed
    events: tuple[Event, ...]
    next: str | None
    is_personal: bool


def feed_page(viewer: Viewer, asked: Ranker, path: str, parameters: dict[str, Any]) -> FeedPage:
    """Return a page of the feed.

    `parameters` are the address's, validated: limit, and if given cursor, type, category. ValidationError for a cursor
    of another feed, CursorExpired for one of another version or whose ranked list is gone.
    """
    filters = Filters(parameters.get("type"), parameters.get("category"))
    if "cursor" in parameters:
        feed, after = resumed(parameters["cursor"], viewer, asked, filters)
    else:
        feed, after = feed_for(viewer, asked, filters), None
    page = page_for(feed, limit=parameters["limit"], after=after)
    cursor = cursor_for(page, feed, asked)
    following = None if cursor is None else next_address(path, parameters, cursor)
    # Whoever turns personal ranking on or off sees the difference when they begin anew.
    is_personal = feed.ranker.is_personal if asked.is_personal else viewer.user.personal_ranking
    return FeedPage(feed, page.events, following, is_personal)


def cursor_for(page: Page, feed: Feed, asked: Ranker) -> str | None:
    """Return the cursor of the page that follows; None at the end of the feed.

    It carries what later pages keep of the first: the ranker that answers for the one that was asked for, the key of
    its ranked list, the interests and the snapshot.
    """
    if page.end is None:
        return None
    key = feed.ranked_list.key if feed.ranked_list else ""
    last = astuple(page.end.last) if page.end.last else ()
    snapshot = page.end.snapshot
    values = [feed.ranker.name, key, list(feed.viewer.interests), snapshot.xids, snapshot.read_at]
    scope = _scope(feed.viewer, asked, feed.filters)
    return encode([*values, page.end.listed, *last], scope=scope, version=VERSION)


def resumed(cursor: str, viewer: Viewer, asked: Ranker, filters: Filters) -> tuple[Feed, Position]:
    """Return the feed that a cursor began with, and where it goes on.

    ValidationError for a cursor of another feed, CursorExpired for one of another version or whose ranked list is gone.
    """
    values = decode(cursor, scope=_scope(viewer, asked, filters), version=VERSION)
    ranker, key, interests, xids, read_at, listed, *last = values
    position = Position(listed, _values(*last) if last else None, Snapshot(xids, read_at))
    ranked_list = list_from_cache(key) if key else None
    return Feed(replace(viewer, interests=tuple(interests)), RANKERS[ranker], filters, ranked_list), position


def _values(interest_boost: int, interaction_count: int, start_at: str, event_id: int) -> RankedValues:
    return RankedValues(interest_boost, interaction_count, moment(start_at), event_id)


def _scope(viewer: Viewer, asked: Ranker, filters: Filters) -> tuple[object, ...]:
    return ("feed", viewer.user.pk, asked.name, filters.type, filters.category)
