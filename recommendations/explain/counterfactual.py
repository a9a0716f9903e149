"""Counterfactuals: the smallest change that would bring an event onto the first page of a feed.

A change is assumed, by ranking with other values; nothing is written.
"""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from events.categories import Category
from events.models import Event
from interactions.models import Interaction
from recommendations.explain.eligibility import mute_of
from recommendations.explain.position import ahead_of, precedes
from recommendations.feed.pagination import page_for
from recommendations.feed.ranking import Feed, Ranker, feed_for
from recommendations.feed.viewer import Filters, Viewer

# What the endpoint returns when no limit is given.
FIRST_PAGE = 20

# Note [Smallest change]
# A change is a set of steps. For each rule that the event fails exactly one step repairs it, so these are in every
# change: the filter is left out; the clock is turned back to the last whole second before the start; the viewer's
# dismissals of the event are deleted; the mute of its organiser, series or category is deleted, and with it other
# events come back; the status is OPEN. If the event is then on the first page, that is the change. If not, the first
# of these that brings it there is added:
#
#   1. its category among the viewer's interests (the viewer's own choice);
#   2. more interactions, as few as suffice (others have to act);
#   3. both;
#   4. a later moment, the soonest at which enough of what is ahead has started (nobody acts).
#
# So a change that the viewer can make alone is smaller than one that needs others, and fewer kinds are smaller than
# more. There may be none: fewer interests, hiding other events or another start are not considered.
#
# A ranked list is computed from what is stored, so only what the viewer asks with can be assumed for a ranker that
# makes one: filters, clock, interests and mutes.
_ASSUMED_WITH_A_LIST = frozenset({"filter", "clock", "interest", "mute"})


@dataclass(frozen=True)
class Step:
    """One thing that is different: its kind, the value (of the kind's own type), and both in words."""

    kind: str
    value: Any
    text: str


@dataclass(frozen=True)
class Change:
    """The steps of a change, and the event's position once all of them are made."""

    steps: tuple[Step, ...]
    position: int

    @property
    def text(self) -> str:
        """Return the steps in words: "with `music` among the interests and with 12 more interactions"."""
        *most, last = [step.text for step in self.steps]
        return f"{', '.join(most)} and {last}" if most else last


def _as_of(moment: datetime) -> Step:
    return Step("clock", moment, f"as of {moment.isoformat(sep=' ').removesuffix('+00:00')} UTC")


def _more_interactions(number: int) -> Step:
    return Step("interactions", number, f"with {number:,} more interaction{'' if number == 1 else 's'}")


@dataclass(frozen=True)
class _Scenario:
    """An event that is looked for in a feed, as both are or as assumed. `pages`: the first pages that were read."""

    event: Event
    viewer: Viewer
    filters: Filters
    asked: Ranker
    pages: dict[tuple[Viewer, Filters], tuple[Feed, tuple[Event, ...]]]

    def assuming(self, *steps: Step) -> "_Scenario":
        """Return the scenario with these steps made."""
        scenario = self
        for step in steps:
            scenario = _ASSUMED[step.kind](scenario, step.value)
        return scenario

    def with_event(self, **values: Any) -> "_Scenario":
        event = copy.copy(self.event)
        vars(event).update(values)
        return replace(self, event=event)

    def first_page(self) -> tuple[Feed, tuple[Event, ...]]:
        """Return the feed and the other events of its first page; they do not depend on the event's own values."""
        key = (self.viewer, self.filters)
        if key not in self.pages:
            feed = feed_for(self.viewer, self.asked, self.filters)
            events = page_for(feed, limit=FIRST_PAGE + 1).events
            self.pages[key] = feed, tuple(event for event in events if event.pk != self.event.pk)[:FIRST_PAGE]
        return self.pages[key]

    def position(self) -> int:
        """Return the event's position, or FIRST_PAGE + 1 if it is anywhere behind the first page."""
        feed, others = self.first_page()
        return 1 + sum(precedes(other, self.event, feed) for other in others)


_ASSUMED: dict[str, Callable[[_Scenario, Any], _Scenario]] = {
    "filter": lambda scenario, parameter: replace(scenario, filters=scenario.filters.without(parameter)),
    "clock": lambda scenario, moment: replace(scenario, viewer=replace(scenario.viewer, now=moment)),
    # A dismissal counts as an interaction, too.
    "dismissal": lambda scenario, number: scenario.with_event(
        interaction_count=scenario.event.interaction_count - number
    ),
    "mute": lambda scenario, mute_id: replace(
        scenario, viewer=replace(scenario.viewer, unmuted=(*scenario.viewer.unmuted, mute_id))
    ),
    "interest": lambda scenario, category: replace(
        scenario.with_event(interest_boost=1),
        viewer=replace(scenario.viewer, interests=(*scenario.viewer.interests, category)),
    ),
    "interactions": lambda scenario, number: scenario.with_event(
        interaction_count=scenario.event.interaction_count + number
    ),
    "status": lambda scenario, status: scenario.with_event(status=status),
}


def smallest_change(
    event: Event, viewer: Viewer, asked: Ranker, filters: Filters, *, failed: tuple[str, ...]
) -> Change | None:
    """Return the smallest change that brings an event onto the first page; None if there is none.

    `event` carries `interaction_count` and is not on the first page; `failed` names the rules that it fails. See
    Note [Smallest change].
    """
    repairs = tuple(
        Step("filter", rule, f"without the filter {rule}={filters.written(rule)}")
        if rule in filters.given
        else _REPAIRS[rule](event, viewer)
        for rule in failed
    )
    repaired = _Scenario(event, viewer, filters, asked, {}).assuming(*repairs)
    feed, _ = repaired.first_page()
    for steps in _additions(repaired):
        change = (*repairs, *steps)
        if feed.ranked_list and not {step.kind for step in change} <= _ASSUMED_WITH_A_LIST:
            continue
        if (position := repaired.assuming(*steps).position()) <= FIRST_PAGE:
            return Change(change, position)
    return None


def _taken_back(event: Event, viewer: Viewer) -> Step:
    number = Interaction.objects.of(viewer.known_user).dismissals().filter(event=event).count()
    return Step("dismissal", number, "with the dismissal taken back")


def _shown_again(event: Event, viewer: Viewer, target: str) -> Step:
    muted = mute_of(event, viewer, target)
    assert muted is not None, "the rule is failed because of it"
    return Step("mute", muted.pk, f"with the {target} {muted.name} shown again")


_REPAIRS: dict[str, Callable[[Event, Viewer], Step]] = {
    "start": lambda event, viewer: _as_of((event.start_at - timedelta(microseconds=1)).replace(microsecond=0)),
    "dismissed": _taken_back,
    "mutedOrganiser": lambda event, viewer: _shown_again(event, viewer, "organiser"),
    "mutedSeries": lambda event, viewer: _shown_again(event, viewer, "series"),
    "mutedCategory": lambda event, viewer: _shown_again(event, viewer, "category"),
    "status": lambda event, viewer: Step("status", Event.Status.OPEN, f"with the status {Event.Status.OPEN}"),
}


def _additions(scenario: _Scenario) -> Iterator[tuple[Step, ...]]:
    """Yield what may be added to the repairs, the smallest first."""
    yield ()
    feed, _ = scenario.first_page()
    interest = _interest(scenario)
    if interest:
        yield interest
    if feed.ranked_list:
        return
    if interactions := _interactions(scenario):
        yield interactions
    if interest and (interactions := _interactions(scenario.assuming(*interest))):
        yield (*interest, *interactions)
    yield from _later(scenario)


def _interest(scenario: _Scenario) -> tuple[Step, ...]:
    category = scenario.event.category
    feed, _ = scenario.first_page()
    if "-interest_boost" not in feed.ranker.order or category not in Category.values:
        return ()
    if category in scenario.viewer.interests:
        return ()
    return (Step("interest", category, f"with `{category}` among the interests"),)


def _interactions(scenario: _Scenario) -> tuple[Step, ...]:
    """Return as few more interactions as bring the event before the last one of the first page, if any number does."""
    feed, others = scenario.first_page()
    if len(others) < FIRST_PAGE:
        # Interactions do not bring a candidate onto a page that has room.
        return ()
    last = others[-1]
    # With as many as the last one has, the start or the id may put it ahead; if not, it takes one more.
    equal = last.interaction_count - scenario.event.interaction_count
    for number in (equal, equal + 1):
        step = _more_interactions(number)
        if number > 0 and precedes(scenario.assuming(step).event, last, feed):
            return (step,)
    return ()


def _later(scenario: _Scenario) -> Iterator[tuple[Step, ...]]:
    """Yield the soonest moment after which fewer than a page of those ahead still lie in the future."""
    feed, _ = scenario.first_page()
    # Of all that is ahead only the start is read: sorting whole rows takes several times as long.
    starts = ahead_of(scenario.event, feed).order_by("-start_at", "-id").values_list("start_at", flat=True)
    for start_at in starts[FIRST_PAGE - 1 : FIRST_PAGE]:
        if start_at < scenario.event.start_at:
            yield (_as_of(start_at),)
