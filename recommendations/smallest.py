"""This file holds the search for the smallest change that brings an event onto the first page of a feed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from events.categories import Category
from events.models import Event
from interactions.models import Interaction
from recommendations.beginning import begun
from recommendations.candidates import Filters
from recommendations.changes import (
    Case,
    Change,
    Step,
    as_of,
    supposed,
    taken_back,
    with_interactions,
    with_interest,
    with_status,
    without_filter,
)
from recommendations.features import INTEREST_MATCH, POPULARITY
from recommendations.feed import feed_for
from recommendations.places import ahead_of, standing_of
from recommendations.rankers.base import Ranker
from recommendations.verdict import Verdict
from recommendations.viewer import Viewer

# What the endpoint gives when no limit is asked for.
FIRST_PAGE = 20

# Note [Smallest change]
# A change is a set of steps. For each rule that keeps the event out there is exactly one step that repairs it, so these
# are in every change: any type or category is asked for; the clock is turned back to the last whole second before the
# start; the viewer's dismissals of it are taken back; the status is OPEN. If the event is then on the first page, that
# is the change. If not, the first of these that brings it there is added:
#
#   1. its category among the viewer's interests (a choice of theirs);
#   2. more interactions, as few as suffice (something that others do);
#   3. both;
#   4. a later moment, the soonest at which enough of what is ahead has started (nothing anybody does).
#
# So a change that the viewer can make themself is smaller than one that needs others, and fewer kinds are smaller than
# more. There is none if none of these does it: taking interests away, hiding other events or moving the start is not
# considered. The place told with a change is computed from the first page as it would be served, with these values.
#
# A ranker that lists events for each person computes its listing from what is stored, so only what belongs to the one
# who asks can be supposed of it: the filters, the clock and the interests. Other steps are not considered with it.
_SUPPOSED_OF_A_LISTING = frozenset({"filter", "clock", "interest"})


@dataclass(frozen=True)
class _Page:
    """The first page, and who answered it for whom."""

    viewer: Viewer
    ranker: Ranker
    events: tuple[Event, ...]


@dataclass(frozen=True)
class _Scene:
    """A case under a ranker, with the first pages that were read, which do not depend on the event."""

    case: Case
    ranker: Ranker
    pages: dict[tuple[Viewer, Filters], _Page]

    @property
    def page(self) -> _Page:
        """The first page for this viewer, and one row more."""
        viewer, filters = self.case.viewer, self.case.filters
        if (viewer, filters) not in self.pages:
            beginning, answering = begun(viewer, self.ranker, filters)
            read = feed_for(beginning, answering, filters=filters, limit=FIRST_PAGE + 1, after=None)
            self.pages[viewer, filters] = _Page(beginning, answering, read.events)
        return self.pages[viewer, filters]

    @property
    def others(self) -> tuple[Event, ...]:
        """The first page without the event itself."""
        return tuple(event for event in self.page.events if event.pk != self.case.event.pk)[:FIRST_PAGE]

    @property
    def place(self) -> int:
        """The event's place; one past the first page if it is anywhere behind that."""
        own = self.standing_of(self.case.event)
        return 1 + sum(self.standing_of(other) < own for other in self.others)

    def standing_of(self, event: Event) -> tuple[int, tuple[Any, ...]]:
        """Return where an event stands."""
        return standing_of(event, self.page.viewer, self.page.ranker, self.case.filters)

    def with_steps(self, steps: tuple[Step, ...]) -> "_Scene":
        """Return the scene with the steps made."""
        return replace(self, case=supposed(self.case, steps))

    def allows(self, steps: tuple[Step, ...]) -> bool:
        """Say whether the steps can be supposed of the ranker that answers."""
        return self.page.ranker.listing is None or all(step.kind in _SUPPOSED_OF_A_LISTING for step in steps)


def smallest_change(case: Case, ranker: Ranker, verdict: Verdict) -> Change | None:
    """Return the smallest change that brings the event onto the first page; None if it is there, or if none does.

    The case's viewer has no listing yet: one is made for each that is supposed. At most three statements for each tier,
    and one that looks at all that is ahead. See Note [Smallest change].
    """
    if verdict.place is not None and verdict.place <= FIRST_PAGE:
        return None
    needed = tuple(_REPAIRS[rule.name](case) for rule in verdict.broken)
    repaired = _Scene(supposed(case, needed), ranker, {})
    if not repaired.allows(needed):
        return None
    for steps in _lifts(repaired):
        if repaired.allows(steps) and (place := repaired.with_steps(steps).place) <= FIRST_PAGE:
            return Change((*needed, *steps), place)
    return None


_REPAIRS: dict[str, Callable[[Case], Step]] = {
    "type": lambda case: without_filter("type", str(case.filters.type)),
    "category": lambda case: without_filter("category", str(case.filters.category)),
    "start": lambda case: as_of((case.event.start_at - timedelta(microseconds=1)).replace(microsecond=0)),
    "dismissed": lambda case: taken_back(
        Interaction.objects.of(case.viewer.user).dismissals().filter(event=case.event).count()
    ),
    "status": lambda case: with_status(Event.Status.OPEN),
}


def _lifts(scene: _Scene) -> Iterator[tuple[Step, ...]]:
    """Yield what may be added to the repairs, the smallest first."""
    yield ()
    interest = _interest(scene)
    if interest:
        yield interest
    if scene.page.ranker.listing is not None:
        return
    if popularity := _interactions(scene):
        yield popularity
    if interest and (more := _interactions(scene.with_steps(interest))):
        yield (*interest, *more)
    yield from _later(scene)


def _interest(scene: _Scene) -> tuple[Step, ...]:
    category = scene.case.event.category
    if INTEREST_MATCH not in scene.page.ranker.features or category not in Category.values:
        return ()
    return () if category in scene.case.viewer.interests else (with_interest(category),)


def _interactions(scene: _Scene) -> tuple[Step, ...]:
    """Return as few more interactions as bring the event before the last one of the first page, if that can be."""
    order = scene.page.ranker.sorting.order
    event, last = scene.case.event, scene.others[-1]
    there = scene.standing_of(last)
    if all(key.attribute != POPULARITY.name for key in order.keys) or scene.standing_of(event)[0] != there[0]:
        return ()
    # With as many as the last one has, what decides next may put it before that one; if not, it takes one more.
    equal = last.interaction_count - event.interaction_count
    for number in (equal, equal + 1):
        steps = (with_interactions(number),)
        if number > 0 and scene.standing_of(supposed(scene.case, steps).event) < there:
            return steps
    return ()


def _later(scene: _Scene) -> Iterator[tuple[Step, ...]]:
    """Yield the soonest moment after which fewer than a page of those ahead still lie in the future."""
    case, page = scene.case, scene.page
    ahead = ahead_of(case.event, page.viewer, page.ranker, case.filters)
    last = ahead.order_by("-start_at", "-event_id")[FIRST_PAGE - 1 : FIRST_PAGE].first()
    if last is not None and last.start_at < case.event.start_at:
        yield (as_of(last.start_at),)
