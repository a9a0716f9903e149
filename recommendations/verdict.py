"""This file holds the verdict on an event and a feed: every rule that keeps it out, or its place."""

from collections.abc import Callable
from dataclasses import dataclass

from events.models import Event
from interactions.models import Interaction
from recommendations.candidates import Filters
from recommendations.places import place_of
from recommendations.rankers.base import Ranker
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Rule:
    """A rule that an event breaks: its name, and the fact in words."""

    name: str
    text: str


@dataclass(frozen=True)
class Verdict:
    """The rules that keep an event out, or, when there are none, its place in the feed, counted from 1."""

    broken: tuple[Rule, ...]
    place: int | None


def _status(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    return None if event.status in Event.BOOKABLE else f"its status is {event.status}, not OPEN or IN_PROGRESS"


def _start(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    if event.start_at > viewer.now:
        return None
    return f"it started at {event.start_at:%Y-%m-%d %H:%M} UTC, not after {viewer.now:%Y-%m-%d %H:%M} UTC"


def _dismissed(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    dismissed = (
        Interaction.objects.of(viewer.user).dismissals().filter(event=event).order_by("-created_at", "-id").first()
    )
    return (
        None
        if dismissed is None
        else f"{viewer.user.username} dismissed it at {dismissed.created_at:%Y-%m-%d %H:%M} UTC"
    )


def _type(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    return (
        None
        if filters.type in (None, event.type)
        else f"its type is {event.type}, and only {filters.type} is asked for"
    )


def _category(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    if filters.category in (None, event.category):
        return None
    return f"its category is {event.category or 'unknown'}, and only {filters.category} is asked for"


RULES: dict[str, Callable[[Event, Viewer, Filters], str | None]] = {
    "status": _status,
    "start": _start,
    "dismissed": _dismissed,
    "type": _type,
    "category": _category,
}


def verdict_on(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> Verdict:
    """Return why an event is not in the viewer's feed, or its place; `event` carries `interaction_count`."""
    broken = tuple(
        Rule(name, text) for name, rule in RULES.items() if (text := rule(event, viewer, filters)) is not None
    )
    return Verdict(broken, None if broken else place_of(event, viewer, ranker, filters))
