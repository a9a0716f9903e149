"""The server's time of a page with filters, in milliseconds: what few events pass, and what many do."""

from collections.abc import Iterator
from datetime import timedelta
from statistics import median

from django.utils import timezone

from bench.cases import LIMIT, Asked, Case
from bench.figures import Figure, Part, Run, high, ms
from bench.pages import FULL, REPEATS, timed
from events.geo import Circle, Place
from recommendations.feed.ranking import counted
from recommendations.feed.viewer import Filters, Viewer
from users.models import User

# The middle of the world's places.
_MIDDLE = Place(50.5, 14.5)
_RANKERS = ("heuristic", "popular", "upcoming")


def filters(run: Run) -> Part:
    """Time pages with filters in every world and return the figures; the bars are for a million events."""
    figures: list[Figure] = []
    for world in run.worlds:
        run.server.database_of_django(world.database)
        run.say(f"{world.size}: pages with filters")
        viewer = Viewer(User.objects.get(pk=1), timezone.now(), ("music", "food", "gaming"))
        cases: list[Case] = []
        bars: list[float | None] = []
        for name, asked, bar in _asked(viewer):
            number = counted(viewer, asked, limit=world.events)
            for ranker in _RANKERS:
                cases.append(Case(f"{ranker}: {name}, {number:,} events", (Asked(viewer, ranker, asked),)))
                bars.append(bar if world.events == FULL else None)
        for times, limit in zip(timed(tuple(cases)), bars, strict=True):
            buffers = round(median(cost.buffers for cost in times.page))
            figures.append(_at_most(world.size, f"{times.case.name} ({buffers:,} buffers)", times.ms, limit))
    how = (
        "Planning plus execution of the prepared statement in the server (EXPLAIN ANALYZE), for a first page of "
        f"{LIMIT} of somebody with three interests; median and 95th percentile of {REPEATS} repeats."
    )
    return Part("The server's time of a page with filters", how, tuple(figures))


def _asked(viewer: Viewer) -> Iterator[tuple[str, Filters, float]]:
    """Yield filters by name, with the milliseconds that a page with them may take."""
    now = viewer.now
    for name, window in (
        ("an hour", timedelta(hours=1)),
        ("twelve hours", timedelta(hours=12)),
        ("a day", timedelta(days=1)),
        ("a weekend", timedelta(hours=55)),
        ("a month", timedelta(days=30)),
    ):
        # The first hour of the world is empty.
        start = now + timedelta(hours=1)
        yield name, Filters(starts_after=start, starts_before=start + window), 15
    yield "free", Filters(free=True), 15
    yield "within 12.5 km", Filters(near=Circle(_MIDDLE, 12.5)), 50
    yield "within 1 km", Filters(near=Circle(_MIDDLE, 1.0)), 150
    few = Filters(free=True, attendance=("ONLINE",), near=Circle(_MIDDLE, 3.5))
    yield "free, online and within 3.5 km", few, 150
    start = now + timedelta(days=5)
    weekend = Filters(
        category=("music", "tech"),
        starts_after=start,
        starts_before=start + timedelta(hours=55),
        free=True,
        near=Circle(_MIDDLE, 15.0),
    )
    yield "a weekend, two categories, free and within 15 km", weekend, 150


def _at_most(size: str, what: str, values: list[float], bar: float | None) -> Figure:
    middle = median(values)
    return Figure(
        size,
        what,
        ms(middle),
        ms(high(values)),
        bar="" if bar is None else f"≤ {ms(bar)}",
        met=None if bar is None else middle <= bar,
    )
