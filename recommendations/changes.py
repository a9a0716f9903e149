"""This file holds the changes that would bring an event into a feed, or forward in it, as values that can be supposed.

A change is supposed by computing with other values, so that asking for one writes nothing; trial.py makes it for real.
"""

import copy
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from events.models import Event
from recommendations.candidates import Filters
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Case:
    """An event and who looks for it, as they are or as they are supposed; the event carries `interaction_count`."""

    event: Event
    viewer: Viewer
    filters: Filters


@dataclass(frozen=True)
class Step:
    """One thing to be different: its kind, what it becomes (of this kind's own type), and that in words."""

    kind: str
    value: Any
    text: str


@dataclass(frozen=True)
class Change:
    """What would have to be different, all of it, and the place that the event then has."""

    steps: tuple[Step, ...]
    place: int

    @property
    def text(self) -> str:
        """Return the steps in words: "with `music` among the interests and with 12 more interactions"."""
        *most, last = [step.text for step in self.steps]
        return f"{', '.join(most)} and {last}" if most else last


def without_filter(name: str, value: str) -> Step:
    """Return the step that asks for any type, or any category."""
    return Step("filter", name, f"without the filter {name}={value}")


def as_of(moment: datetime) -> Step:
    """Return the step that moves the clock."""
    return Step("clock", moment, f"as of {moment.isoformat(sep=' ').removesuffix('+00:00')} UTC")


def taken_back(number: int) -> Step:
    """Return the step that deletes the viewer's dismissals of the event, of which there are so many."""
    return Step("dismissal", number, "with the dismissal taken back")


def with_interest(category: str) -> Step:
    """Return the step that adds an interest."""
    return Step("interest", category, f"with `{category}` among the interests")


def with_interactions(number: int) -> Step:
    """Return the step in which somebody does so many more things with the event."""
    return Step("interactions", number, f"with {number:,} more interaction{'' if number == 1 else 's'}")


def with_status(status: str) -> Step:
    """Return the step that sets the event's status."""
    return Step("status", status, f"with the status {status}")


def supposed(case: Case, steps: Iterable[Step]) -> Case:
    """Return the case with the steps made, in the values alone."""
    for step in steps:
        case = _SUPPOSED[step.kind](case, step.value)
    return case


def _event_with(case: Case, **values: Any) -> Case:
    event = copy.copy(case.event)
    event.__dict__.update(values)
    return replace(case, event=event)


def _with_interest(case: Case, category: str) -> Case:
    return replace(case, viewer=replace(case.viewer, interests=(*case.viewer.interests, category)))


_SUPPOSED: dict[str, Callable[[Case, Any], Case]] = {
    "filter": lambda case, name: replace(case, filters=replace(case.filters, **{name: None})),
    "clock": lambda case, moment: replace(case, viewer=replace(case.viewer, now=moment)),
    # Dismissals count as interactions, too.
    "dismissal": lambda case, number: _event_with(case, interaction_count=case.event.interaction_count - number),
    "interest": _with_interest,
    "interactions": lambda case, number: _event_with(case, interaction_count=case.event.interaction_count + number),
    "status": lambda case, status: _event_with(case, status=status),
}
