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

from api.databases import PRIMARY, has_long_transaction, has_replayed, read_alias, read_the_primary
from api.keyset import BY_START, CursorExpired, decode, encode, moment, next_address
from events.geo import measure
from events.models import Event
from events.querysets import EventQuerySet, StandingActions
from recommendations.feed.ranking import (
    HEURISTIC_ORDER,
    POPULAR_ORDER,
    RANKERS,
    UPCOMING_ORDER,
    Feed,
    Ranker,
    beyond,
    candidates_for,
    feed_for,
    ranked,
    values_of,
)
from recommendations.feed.series import more_dates
from recommendations.feed.viewer import Filters, Viewer, origin_of
from recommendations.hybrid.cache import list_from_cache

# Counted up when the payload changes: a cursor of another version is then answered with 410.
VERSION = 4
_PAGE_HEADS = (Path(__file__).resolve().parent / "page_heads.sql").read_text()


@dataclass(frozen=True)
class Snapshot:
    """What the reader of a first page could see: the statement's snapshot and its time, as PostgreSQL writes them.

    Later pages leave out what was demoted since. See Note [Tallies] in interactions/models.py. They are read where the
    write-ahead log has been replayed up to `lsn`, and only in the incarnation of the database that the first was.
    """

    xids: str
    read_at: str
    lsn: str
    incarnation: str

    @property
    def xmin(self) -> int:
        """Every transaction below this number had ended."""
        return int(self.xids.partition(":")[0])


# As a subquery it is evaluated once, not for each row.
_SNAPSHOT = RawSQL((Path(__file__).resolve().parent / "snapshot.sql").read_text(), ())  # noqa: S611 (a constant text)
# A first page leaves out nothing: every transaction had ended.
_EVERYTHING = Snapshot(f"{2**63 - 1}:{2**63 - 1}:", "infinity", "0/0", "")


# Before every event, by popularity.
_START: dict[str, Any] = {
    "interest_boost": 1,
    "interaction_count": 2**31,
    "start_at": datetime(1, 1, 1, tzinfo=UTC),
    "id": 0,
}


@dataclass(frozen=True)
class Position:
    """Where a page ended.

    `listed`: how many items of the ranked list are passed, 0 without one; `last`: the values of the last event that the
    ranker's order compares, None while the page ends within the ranked list.
    """

    listed: int
    last: tuple[Any, ...] | None
    snapshot: Snapshot


@dataclass(frozen=True)
class Page:
    """Some events of a feed in order, with what ranked() annotates, and where they end: None at the end of the feed.

    An event from the ranked list also carries `ranked_item`; the others have None. With a ranked list,
    `more_dates` is the number of candidates that follow an event in its series.
    """

    events: tuple[Event, ...]
    end: Position | None


def page_for(feed: Feed, *, limit: int, after: Position | None = None) -> Page:
    """Return the next `limit` events of a feed, by one statement; by two where a ranked list ends within the page.

    With a ranked list, one more counts the further dates of series, if there are any on the page.
    Following `end` until it is None gives every candidate once, in order, while nothing changes. While things change,
    no event comes twice: what was demoted since the first page is left out of the later ones. CursorExpired if the
    first page was read in another incarnation of the database.
    """
    # One more than the page shows whether another follows.
    rows = _next_listed(feed, after, limit + 1)
    snapshot = after.snapshot if after else _snapshot_of(rows)
    if len(rows) <= limit:
        rows += _next_ranked(feed, after.last if after else None, snapshot, limit + 1 - len(rows))
        snapshot = snapshot or _snapshot_of(rows)
    if after is None and snapshot and read_alias() != PRIMARY and has_long_transaction(snapshot.xids):
        read_the_primary()
        return page_for(feed, limit=limit)
    if rows and snapshot and snapshot.incarnation != vars(rows[0])["snapshot"][-1]:
        raise CursorExpired
    shown = tuple(rows[:limit])
    if feed.ranked_list:
        numbers = more_dates(shown, candidates_for(feed.viewer, feed.filters))
        for event in shown:
            event.more_dates = numbers.get(event.pk, 0)
    if len(rows) <= limit or snapshot is None:
        return Page(shown, None)
    if after is None and read_alias() != PRIMARY:
        # A standby does not know which transactions are in progress: all from xmin on are taken to be.
        snapshot = replace(snapshot, xids=f"{snapshot.xmin}:{snapshot.xmin}:")
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
    events = _read(feed, ranked(Event.objects.filter(pk=event_id), feed.viewer), 1)
    return events[0] if events else None


def _next_listed(feed: Feed, after: Position | None, rows: int) -> list[Event]:
    """Return the next events of the ranked list that are still candidates, in its order."""
    ids = feed.listed_ids[after.listed if after else 0 :]
    if not ids:
        return []
    place = Func(
        Value(list(ids), ArrayField(BigIntegerField())), F("pk"), function="array_position", output_field=IntegerField()
    )
    listed = candidates_for(feed.viewer, feed.filters).filter(pk__in=ids).annotate(place=place)
    return _read(feed, ranked(listed, feed.viewer, order=("place",)), rows)


def _next_ranked(feed: Feed, after: tuple[Any, ...] | None, snapshot: Snapshot | None, rows: int) -> list[Event]:
    """Return the next candidates in the ranker's order, without those of the ranked list."""
    order = feed.ranker.order
    if order in (HEURISTIC_ORDER, POPULAR_ORDER) and not feed.filters.are_selective(feed.viewer.now):
        events = ranked(page_heads(feed, after, snapshot, rows), feed.viewer, order=order)
    else:
        candidates = candidates_for(feed.viewer, feed.filters).exclude(pk__in=feed.listed_ids)
        if snapshot is not None:
            candidates = candidates.exclude(_demoted_since(snapshot))
        events = ranked(candidates, feed.viewer, order=order)
        if after is not None:
            # An index has all events by start, and finds a place in it by a comparison of rows.
            events = BY_START.after(events, after) if order == UPCOMING_ORDER else events.filter(beyond(after, order))
        # Their ids first: an index has all that is compared, and the rows of those that don't pass are not read.
        events = ranked(Event.objects.filter(pk__in=events[:rows].values("pk")), feed.viewer, order=order)
    return _read(feed, events, rows)


def page_heads(feed: Feed, after: tuple[Any, ...] | None, snapshot: Snapshot | None, rows: int) -> EventQuerySet:
    """Return the candidates that can be among the next `rows` of a feed by popularity, with or without the boost.

    They are those of candidates_for(), so ranked() orders them as it would order all; they are found in an index.
    """
    viewer, order, snapshot = feed.viewer, feed.ranker.order, snapshot or _EVERYTHING
    is_boosted = "-interest_boost" in order
    names = [field.removeprefix("-") for field in order]
    last = _START | {"interest_boost": int(is_boosted)} | dict(zip(names, after or (), strict=after is not None))
    parameters = (
        None if viewer.user_id is None else Int8(viewer.user_id),
        viewer.now,
        list(viewer.interests) if is_boosted else [],
        *feed.filters.values,
        [Int8(event_id) for event_id in feed.listed_ids],
        Int8(rows),
        Int8(last["interest_boost"]),
        Int8(-last["interaction_count"]),
        last["start_at"],
        Int8(last["id"]),
        Int8(snapshot.xmin),
        snapshot.xids,
        snapshot.read_at,
        [Int8(mute_id) for mute_id in viewer.unmuted],
    )
    return Event.objects.filter(pk__in=RawSQL(_PAGE_HEADS, parameters))  # noqa: S611 (a constant text)


def _demoted_since(snapshot: Snapshot) -> Func:
    """Return the condition that an event was demoted after a first page was read."""
    return Func(
        F("tally__demoted_xid"),
        F("tally__demoted_at"),
        Value(snapshot.xids),
        Cast(Value(snapshot.read_at), DateTimeField()),
        function="demoted_since",
        output_field=BooleanField(),
    )


def _read(feed: Feed, events: EventQuerySet, rows: int) -> list[Event]:
    values: dict[str, Any] = {"snapshot": _SNAPSHOT}
    if feed.viewer.user_id is not None:
        # What with_viewer() annotates.
        values["standing"] = StandingActions(Value(feed.viewer.user_id, BigIntegerField()), F("pk"))
    page = list(events.annotate(**values).select_related("organiser")[:rows])
    for event in page:
        item = feed.ranked_list.item_of(event.pk) if feed.ranked_list else None
        setattr(event, "ranked_item", item)
    measure(page, origin_of(feed.viewer, feed.filters))
    return page


def _snapshot_of(events: list[Event]) -> Snapshot | None:
    """Return the snapshot that a first page was read in; None if nothing was read."""
    if not events:
        return None
    return Snapshot(*vars(events[0])["snapshot"])


def _position_of(feed: Feed, event: Event, snapshot: Snapshot) -> Position:
    if event.pk in feed.listed_ids:
        return Position(feed.listed_ids.index(event.pk) + 1, None, snapshot)
    return Position(len(feed.listed_ids), values_of(event, feed.ranker.order), snapshot)


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

    `parameters` are the address's, validated: limit, and if given cursor and filters. ValidationError for a cursor
    of another feed, CursorExpired for one of another version or whose ranked list is gone.
    """
    filters = Filters.of(parameters)
    if "cursor" in parameters:
        feed, after = resumed(parameters["cursor"], viewer, asked, filters)
    else:
        feed, after = feed_for(viewer, asked, filters), None
    page = page_for(feed, limit=parameters["limit"], after=after)
    cursor = cursor_for(page, feed, asked)
    following = None if cursor is None else next_address(path, parameters, cursor)
    # Whoever turns personal ranking on or off sees the difference when they begin anew.
    is_personal = feed.ranker.is_personal if asked.is_personal else viewer.has_personal_ranking
    return FeedPage(feed, page.events, following, is_personal)


def cursor_for(page: Page, feed: Feed, asked: Ranker) -> str | None:
    """Return the cursor of the page that follows; None at the end of the feed.

    It carries what later pages keep of the first: the ranker that answers for the one that was asked for, the key of
    its ranked list, the interests and the snapshot.
    """
    if page.end is None:
        return None
    key = feed.ranked_list.key if feed.ranked_list else ""
    snapshot = page.end.snapshot
    values = [feed.ranker.name, key, list(feed.viewer.interests), *astuple(snapshot)]
    scope = _scope(feed.viewer, asked, feed.filters)
    return encode([*values, page.end.listed, *(page.end.last or ())], scope=scope, version=VERSION)


def resumed(cursor: str, viewer: Viewer, asked: Ranker, filters: Filters) -> tuple[Feed, Position]:
    """Return the feed that a cursor began with, and where it goes on.

    ValidationError for a cursor of another feed, CursorExpired for one of another version or whose ranked list is gone.
    """
    values = decode(cursor, scope=_scope(viewer, asked, filters), version=VERSION)
    name, key, interests, xids, read_at, lsn, incarnation, listed, *last = values
    if not has_replayed(lsn):
        read_the_primary()
    ranker = RANKERS[name]
    position = Position(
        listed, _read_values(last, ranker.order) if last else None, Snapshot(xids, read_at, lsn, incarnation)
    )
    ranked_list = list_from_cache(key) if key else None
    return Feed(replace(viewer, interests=tuple(interests)), ranker, filters, ranked_list), position


def _read_values(written: list[Any], order: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the values of an order as a cursor writes them: times, whose names end in _at, are text there."""
    return tuple(moment(value) if field.endswith("_at") else value for field, value in zip(order, written, strict=True))


def _scope(viewer: Viewer, asked: Ranker, filters: Filters) -> tuple[object, ...]:
    return ("feed", viewer.user_id, asked.name, *filters.key)
