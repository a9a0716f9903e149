"""The order check: pages 1 to 3 as they are served, against the definition, for 200 users."""

import time
from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from bench.figures import Figure, Part, Run
from bench.world import DISMISSER, World
from events.models import Event
from events.querysets import EventQuerySet
from recommendations.checking import defined, one_snapshot
from recommendations.feed.pagination import page_for
from recommendations.feed.ranking import DEFINED, Feed, candidates_for, ranked
from recommendations.feed.viewer import Viewer, viewer_of
from users.models import User

USERS = 200
PAGES = 3
LIMIT = 20
# Above this size the literal definition would take hours; the counted form stands in for it.
LITERAL_UP_TO = 100_000


def order(run: Run) -> Part:
    """Compare and return how many users see what is defined."""
    figures = [figure for world in run.worlds for figure in _in(run, world)]
    how = (
        f"Pages 1 to {PAGES} of {LIMIT} for {USERS} users, of 0 to 16 interests, one of them with 5,000 "
        "dismissals at the very top: the heuristic for all, popular and upcoming for every tenth. The counted form is "
        "the definition with the kept count in place of counting."
    )
    return Part("The order is the definition's", how, tuple(figures))


def counted_for(feed: Feed) -> EventQuerySet:
    """Return the whole feed by the definition with the kept count: every candidate in one sort."""
    return ranked(candidates_for(feed.viewer, feed.filters), feed.viewer, order=feed.ranker.order)


def _in(run: Run, world: World) -> Iterator[Figure]:
    run.server.database_of_django(world.database)
    literal = world.events <= LITERAL_UP_TO
    served_wrong, counted_wrong, began = 0, 0, time.monotonic()
    viewers = list(_viewers(world))
    for number, viewer in enumerate(viewers, start=1):
        rankers = DEFINED if number % 10 == 0 else DEFINED[:1]
        served_right = counted_right = True
        with one_snapshot():
            for ranker in rankers:
                feed = Feed(viewer, ranker)
                counted = _ids(counted_for(feed))
                expected = _ids(defined(feed)) if literal else counted
                served_right &= _served(feed) == expected
                counted_right &= counted == expected
        served_wrong += not served_right
        counted_wrong += not counted_right
        if number % 50 == 0:
            run.say(f"{world.size}: order of {number} users, {time.monotonic() - began:.0f} s")
    what = "literal definition" if literal else "counted form"
    yield _figure(world, f"pages served are the {what}'s", len(viewers), served_wrong)
    if literal:
        yield _figure(world, "the counted form is the literal definition's", len(viewers), counted_wrong)


def _figure(world: World, what: str, number: int, wrong: int) -> Figure:
    same = number - wrong
    return Figure(world.size, what, f"{same} users", reference=f"{number} users", bar="all", met=wrong == 0)


def _viewers(world: World) -> Iterator[Viewer]:
    now = timezone.now()
    step = world.users // USERS
    chosen = User.objects.filter(pk__in=range(1, world.users + 1, step)).order_by("pk")[: USERS - 1]
    for user in (*chosen, User.objects.get(username=DISMISSER)):
        yield viewer_of(user, now)


def _served(feed: Feed) -> list[int]:
    seen: list[int] = []
    after = None
    for _ in range(PAGES):
        page = page_for(feed, limit=LIMIT, after=after)
        seen += [event.pk for event in page.events]
        after = page.end
        if after is None:
            break
    return seen


def _ids(rows: QuerySet[Event]) -> list[int]:
    return list(rows.values_list("pk", flat=True)[: PAGES * LIMIT])
