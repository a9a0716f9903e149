"""What the demo people do with the demo events.

They look at upcoming events by their interests and by what is talked about. In the season before, they came back to a
few organisers each, which is what the hybrid can learn from them.
"""

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from events.models import Event
from interactions.models import Interaction
from recommendations.demo.people import ANA, PlannedPerson
from recommendations.demo.programme import PlannedEvent
from recommendations.demo.town import DATA, chance, read_toml

Action = Interaction.Action

# How much likelier somebody looks at an event in one of their interests.
_PULL_OF_INTEREST = 5.0
# The spread of popularity beside the buzz that the programme gives, and its bound, so that no small thing tops all.
_TAIL = 0.6
_TAIL_AT_MOST = 2.5
# Events are put in so many days before they start.
_ANNOUNCED_DAYS = (2, 45)
_LOOKS_BACK = timedelta(weeks=8)
# Whoever looks at fewer events is no regular of anybody.
_VISITS_OF_A_REGULAR = 20
_FAVOURITES = (1, 2, 3)
# How likely somebody comes to an event of a favourite organiser, and how likely an interest or a whim brings them.
_COMES_BACK, _COMES_BY_INTEREST, _COMES_BY_CHANCE = 0.6, 0.004, 0.001
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
    days = chance(f"announcement of {event.key}").uniform(*_ANNOUNCED_DAYS)
    return min(event.start_at(now), now) - timedelta(days=days)


def planned_interactions(
    people: Sequence[PlannedPerson], events: Sequence[PlannedEvent], now: datetime
) -> list[PlannedInteraction]:
    """Return everything people did, oldest first; never after now, nor before the event was put in."""
    last_season = [event for event in events if event.is_of_last_season]
    present = [event for event in events if not event.is_of_last_season]
    windows = {
        event.key: _Window(max(announced_at(event, now), now - _LOOKS_BACK), min(event.start_at(now), now))
        for event in present
    } | {event.key: _Window(announced_at(event, now), event.start_at(now)) for event in last_season}
    fame = [_fame(event) for event in present]
    done = [*_of_ana({event.title: event.key for event in reversed(present)}, windows)]
    for person in people:
        done.extend(_of_person(person, present, fame, windows))
        done.extend(_of_last_season(person, last_season, windows))
    return sorted(done, key=lambda planned: (planned.created_at, planned.username, planned.event, planned.action))


def _of_last_season(
    person: PlannedPerson, events: Sequence[PlannedEvent], windows: Mapping[str, _Window]
) -> Iterator[PlannedInteraction]:
    """Yield what a person did in the season before: they came back to their favourite organisers."""
    draw = chance(f"last season of {person.username}")
    favourites = person.favourites or _favourites(draw, person, events)
    for event in events:
        # Counted in whole weeks, so that what people do does not depend on the moment of loading.
        if person.days_here < (1 - event.week) * 7 + _ANNOUNCED_DAYS[1]:
            continue
        comes = _COMES_BY_INTEREST if event.category in person.interests else _COMES_BY_CHANCE
        if draw.random() >= (_COMES_BACK if event.organiser in favourites else comes):
            continue
        moment = windows[event.key].moment(_when(draw))
        decision = Action.SAVE if draw.random() < 0.2 else Action.APPLY
        yield PlannedInteraction(moment, person.username, event.key, Action.VIEW)
        at = min(moment + _BETWEEN_ACTIONS, windows[event.key].closes_at)
        yield PlannedInteraction(at, person.username, event.key, decision)


def _favourites(draw: random.Random, person: PlannedPerson, events: Sequence[PlannedEvent]) -> set[str | None]:
    if person.visits < _VISITS_OF_A_REGULAR:
        return set()
    weights = [_PULL_OF_INTEREST if event.category in person.interests else 0.5 for event in events]
    return {event.organiser for event in draw.choices(events, weights, k=draw.choice(_FAVOURITES))}


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
