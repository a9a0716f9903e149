"""The demo programme: what is on in Wrenmouth, in weeks counted from the day of loading."""

import itertools
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.text import slugify

from events.models import Event
from recommendations.demo.town import DATA, chance, read_toml

WEEK = timedelta(weeks=1)
_A_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
PREFIX = "demo-"
WEEKS_AHEAD = 6
# The season before was spread over twice as many weeks, the last of which ended a week before the data is loaded.
_LAST_SEASON, _LAST_SEASON_FROM = "-last-season", -13
# The file whose events have no category; each other file is named for its category.
_UNCATEGORISED = "uncategorised"
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SHARE_WITH_URL = 0.7
# What tags say about prices and ages.
_FREE_TAGS = frozenset({"free", "free entry"})
_AGE_TAGS = {"over-18s": 18, "over-16s": 16, "ages 7 and up": 7, "ages 8 and up": 8, "family": 0, "all ages": 0}
# Of events whose text names no price; None: nobody has said.
_PRICES = ("0", "0", "3", "5", "6", "8", "8", "10", "12", "15", "5 8", "6 10", "9.50 14", None)
_SHARE_STREAMED, _STREAMED = 0.15, frozenset({"academic", "tech", "science", "business"})
# Where several things go on at once: the open air, the museum's many rooms, the internet.
_ROOM_FOR_MANY = frozenset({"online", "quay", "square", "slipway", "bandstand", "woods", "marsh", "rec", "museum"})

# Note [Demo weeks]
# A demo event has a weekday, a time of day (UTC) and a week, counted from the moment at which the data is loaded: week
# 0 is the seven days after it, week -1 the seven before. Being a window and not a calendar week, each week holds every
# weekday once, so on whatever day the data is loaded, weeks 0 to 5 are ahead and a weekly series starts within days.
# An event of week -1 goes on for longer than a week (the exhibitions), one of week -2 or before is over.


@dataclass(frozen=True)
class PlannedEvent:
    """An event or gig before it has a date.

    `alongside` is the title of the event that a gig helps with, "" for most; `buzz` says how much people talk about
    it, 1 being usual. `price` has the lowest and the highest, None if it is unknown.
    """

    key: str
    title: str
    description: str
    type: Event.Type
    category: str | None
    tags: tuple[str, ...]
    organiser: str | None
    venue: str
    url: str | None
    week: int
    weekday: int
    at: time
    lasts: timedelta | None
    price: tuple[Decimal, Decimal] | None
    attendance: Event.Attendance
    minimum_age: int | None
    language: str | None
    cancelled: bool
    alongside: str
    buzz: float

    @property
    def external_id(self) -> str:
        """Its id in the database, by which it is known as demo data."""
        return PREFIX + self.key

    @property
    def status(self) -> Event.Status:
        """The status it is loaded with. See Note [Demo weeks]."""
        if self.cancelled:
            return Event.Status.CANCELLED
        if self.week >= 0:
            return Event.Status.OPEN
        return Event.Status.IN_PROGRESS if self.week == -1 else Event.Status.COMPLETED

    @property
    def is_of_last_season(self) -> bool:
        """Whether it was in the season before this one."""
        return self.key.endswith(_LAST_SEASON)

    def start_at(self, now: datetime) -> datetime:
        """Return when it starts if the data is loaded now."""
        return start_in_week(self.weekday, self.at, self.week, now)


def programme() -> tuple[PlannedEvent, ...]:
    """Return every demo event, always the same; KeyError for a gig alongside an event that is not there."""
    files = sorted((DATA / "programme").glob("*.toml"))
    read = list(itertools.chain.from_iterable(_of_file(path) for path in files))
    fixed = [event for event, free in read if not free]
    placed = [*fixed, *_spread([event for event, free in read if free and not event.alongside], fixed)]
    weeks = {event.title: event.week for event in placed}
    helping = [replace(event, week=weeks[event.alongside]) for event, _ in read if event.alongside]
    return (*placed, *helping, *_last_season(placed))


def _last_season(placed: list[PlannedEvent]) -> Iterator[PlannedEvent]:
    """Yield the events that the organisers had before, which are over: what people could come back to."""
    over = [event for event in placed if event.week < 0]
    for event in placed:
        if event.week < 0 or event.type == Event.Type.GIG or event.organiser is None or event.cancelled:
            continue
        # Events of different weeks stay in different weeks, so that no room is booked twice.
        week = _LAST_SEASON_FROM + 2 * event.week + chance(f"last season of {event.key}").randrange(2)
        before = replace(event, key=event.key + _LAST_SEASON, week=week)
        if not any(clash(before, other) for other in over):
            yield before


def _of_file(path: Path) -> Iterator[tuple[PlannedEvent, bool]]:
    """Yield the events of a file, each with whether its week is still free to choose."""
    category = None if path.stem == _UNCATEGORISED else path.stem
    data = read_toml(path)
    for row in data.get("series", ()):
        editions = row.get("editions") or [None] * row["weeks"]
        for number, edition in enumerate(editions):
            week = number * row.get("every", 1)
            if edition is None:
                yield _planned(row, category, Event.Type.EVENT, week=week, suffix=f"-{number + 1}"), False
            else:
                name, text = edition
                said = {"title": row["title"].format(edition=name), "text": f"{text}\n\n{row['text']}"}
                yield _planned(row | said, category, Event.Type.EVENT, week=week, suffix=""), False
    for table, kind in (("event", Event.Type.EVENT), ("gig", Event.Type.GIG)):
        for row in data.get(table, ()):
            yield _planned(row, category, kind, week=row.get("week", 0), suffix=""), "week" not in row


def _planned(row: dict[str, Any], category: str | None, kind: Event.Type, *, week: int, suffix: str) -> PlannedEvent:
    weekday, at, *minutes = row["when"].split()
    key = slugify(row["title"]) + suffix
    return PlannedEvent(
        key=key,
        title=row["title"],
        description=row["text"],
        type=kind,
        category=category,
        tags=tuple(row["tags"]),
        organiser=row.get("by"),
        venue=row["where"],
        # Drawn by its key, so that a new line in a file leaves the other events' addresses alone.
        url=f"https://example.org/wrenmouth/{key}" if chance(f"url of {key}").random() < _SHARE_WITH_URL else None,
        week=week,
        weekday=_WEEKDAYS.index(weekday),
        at=time.fromisoformat(at),
        lasts=timedelta(minutes=int(minutes[0])) if minutes else None,
        price=_price(row, category, kind),
        attendance=_attendance(row, category, kind),
        minimum_age=next((age for tag, age in _AGE_TAGS.items() if tag in row["tags"]), None),
        language=row.get("language", None if kind == Event.Type.GIG else "en"),
        cancelled=row.get("cancelled", False),
        alongside=row.get("alongside", ""),
        buzz=row.get("buzz", 1.0),
    )


def _price(row: dict[str, Any], category: str | None, kind: Event.Type) -> tuple[Decimal, Decimal] | None:
    """Return what an event costs: as its file says, else nothing if it is free by its tags, else a usual price."""
    if "price" in row:
        price = row["price"]
        lowest, highest = price if isinstance(price, list) else (price, price)
        return Decimal(str(lowest)), Decimal(str(highest))
    if kind == Event.Type.GIG:
        # Those who help are paid.
        return None
    if category == "volunteering" or _FREE_TAGS & {*row["tags"]}:
        return Decimal(0), Decimal(0)
    drawn = chance(f"price of {row['title']}").choice(_PRICES)
    amounts = [Decimal(amount) for amount in (drawn or "").split()]
    return (amounts[0], amounts[-1]) if amounts else None


def _attendance(row: dict[str, Any], category: str | None, kind: Event.Type) -> Event.Attendance:
    if row["where"] == "online":
        return Event.Attendance.ONLINE
    is_streamed = kind == Event.Type.EVENT and category in _STREAMED
    if is_streamed and chance(f"stream of {row['title']}").random() < _SHARE_STREAMED:
        return Event.Attendance.MIXED
    return Event.Attendance.IN_PERSON


def _spread(free: list[PlannedEvent], fixed: list[PlannedEvent]) -> list[PlannedEvent]:
    """Return the free events, each in a week in which its venue is free and its category has little."""
    draw = chance("weeks")
    placed: list[PlannedEvent] = []
    load = Counter((event.category, event.week) for event in fixed)
    for event in free:
        options = [replace(event, week=week) for week in _shuffled_weeks(draw)]
        # A gig is somebody's help with something, often with what is on there at that time.
        others = [] if event.type == Event.Type.GIG else [*fixed, *placed]
        chosen = min(
            options,
            key=lambda option: (any(clash(option, other) for other in others), load[option.category, option.week]),
        )
        load[chosen.category, chosen.week] += 1
        placed.append(chosen)
    return placed


def _shuffled_weeks(draw: random.Random) -> list[int]:
    return draw.sample(range(WEEKS_AHEAD), WEEKS_AHEAD)


def clash(one: PlannedEvent, other: PlannedEvent) -> bool:
    """Say whether two events want the same room at the same time; gigs and places with room for many never do."""
    if one.venue != other.venue or (one.week, one.weekday) != (other.week, other.weekday):
        return False
    if one.venue in _ROOM_FOR_MANY or Event.Type.GIG in (one.type, other.type):
        return False
    (start, end), (other_start, other_end) = _minutes(one), _minutes(other)
    return start < other_end and other_start < end


def _minutes(event: PlannedEvent) -> tuple[float, float]:
    start = event.at.hour * 60 + event.at.minute
    return start, start + (event.lasts or timedelta(hours=1)).total_seconds() / 60


def in_week(start_at: datetime, week: int, now: datetime) -> datetime:
    """Return the start moved by whole weeks into (now + week, now + week + 1]. See Note [Demo weeks]."""
    return start_at + (now + (week + 1) * WEEK - start_at) // WEEK * WEEK


def start_in_week(weekday: int, at: time, week: int, now: datetime) -> datetime:
    """Return when this weekday (Monday is 0) and time of day come in a week counted from now."""
    day = timedelta(days=weekday, hours=at.hour, minutes=at.minute)
    return in_week(_A_MONDAY + day, week, now)
