"""What the demo people do with the demo events."""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.models import Event
from interactions.models import Interaction
from recommendations.demo.chance import chance
from recommendations.demo.people import ANA, PlannedPerson
from recommendations.demo.programme import PlannedEvent
from recommendations.demo.town import DATA, read_toml

Action = Interaction.Action

# How much likelier somebody looks at an event in one of their interests.
_PULL_OF_INTEREST = 5.0
# The spread of popularity beside the buzz that the programme gives, and its bound, so that no small thing tops all.
_TAIL = 0.6
_TAIL_AT_MOST = 2.5
_LOOKS_BACK = timedelta(weeks=8)
_BETWEEN_ACTIONS = timedelta(seconds=21)


@dataclass(frozen=True)
class PlannedInteraction:
    """One thing that one person did, by the keys of both."""

    created_at: datetime
    username: str
    event: str
    action: Action


@dataclass(frozen=True)
class _Window:
    """When an event could be seen."""

    opens_at: datetime
    closes_at: datetime

    def moment(self, fraction: float) -> datetime:
        """Return the moment at which this fraction of it, from 0 to 1, has passed."""
        return self.opens_at + (self.closes_at - self.opens_at) * fraction


def announced_at(event: PlannedEvent, now: datetime) -> datetime:
    """Return when an event was put in: 2 to 45 days before it started or, if it is ahead, before now."""
    days = chance(f"announcement of {event.key}").uniform(2, 45)
    return min(event.start_at(now), now) - timedelta(days=days)


def interactions_of(
    people: Sequence[PlannedPerson], events: Sequence[PlannedEvent], now: datetime
) -> list[PlannedInteraction]:
    """Return everything people did, oldest first; never after now, nor before the event was put in."""
    windows = {
        event.key: _Window(max(announced_at(event, now), now - _LOOKS_BACK), min(event.start_at(now), now))
        for event in events
    }
    fame = [_fame(event) for event in events]
    done = [*_of_ana({event.title: event.key for event in reversed(events)}, windows)]
    for person in people:
        done.extend(_of_person(person, events, fame, windows))
    return sorted(done, key=lambda planned: (planned.created_at, planned.username, planned.event, planned.action))


def _fame(event: PlannedEvent) -> float:
    spread = min(chance(f"fame of {event.key}").lognormvariate(0, _TAIL), _TAIL_AT_MOST)
    of_kind = 0.6 if event.type == Event.Type.GIG else 1.0
    # What is near has been talked about for longer.
    return event.buzz * spread * of_kind * (1 - 0.08 * max(event.week, 0))


def _of_person(
    person: PlannedPerson, events: Sequence[PlannedEvent], fame: Sequence[float], windows: Mapping[str, _Window]
) -> Iterator[PlannedInteraction]:
    draw = chance(f"doings of {person.username}")
    weights = [
        weight * (_PULL_OF_INTEREST if event.category in person.interests else 1.0)
        for event, weight in zip(events, fame, strict=True)
    ]
    visited = draw.choices(events, weights, k=person.visits)
    visits = [
        (event.key, _when(draw), _visit(draw, event, interested=event.category in person.interests))
        for event in visited
    ]
    # Ordered event by event and not by the clock, so that what people do does not depend on the moment of loading.
    dismissed: set[str] = set()
    for key, fraction, actions in sorted(visits):
        # Whoever has sent an event away is not shown it again.
        if key in dismissed:
            continue
        moment = windows[key].moment(fraction)
        for number, action in enumerate(actions):
            at = min(moment + number * _BETWEEN_ACTIONS, windows[key].closes_at)
            yield PlannedInteraction(at, person.username, key, action)
        if Action.DISMISS in actions:
            dismissed.add(key)


def _when(draw: random.Random) -> float:
    """Return a fraction of an event's window, later ones being likelier: word gets round."""
    return math.pow(draw.random(), 0.7)


def _visit(draw: random.Random, event: PlannedEvent, *, interested: bool) -> list[Action]:
    """Return what somebody does when they come across an event, in order."""
    actions = [Action.VIEW]
    if draw.random() < (0.04 if interested else 0.09):
        return [*actions, Action.DISMISS]
    if draw.random() < (0.42 if interested else 0.25):
        actions.append(Action.CLICK)
    if draw.random() < (0.24 if interested else 0.11):
        actions.append(Action.SAVE)
    if draw.random() < (0.16 if event.type == Event.Type.GIG else 0.06):
        actions.append(Action.APPLY)
    return actions


def _of_ana(keys: Mapping[str, str], windows: Mapping[str, _Window]) -> Iterator[PlannedInteraction]:
    """Yield what data/ana.toml says that Ana did; KeyError for a title that is not in the programme."""
    draw = chance("doings of Ana")
    data = read_toml(DATA / "ana.toml")
    order = (
        ("views", Action.VIEW),
        ("clicks", Action.CLICK),
        ("saves", Action.SAVE),
        ("applications", Action.APPLY),
        ("dismissals", Action.DISMISS),
    )
    for name, action in order:
        for title in data[name]:
            key = keys[title]
            yield PlannedInteraction(windows[key].moment(_when(draw)), ANA, key, action)
