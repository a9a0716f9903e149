"""Eligibility: the rules that keep an event out of a feed, those of candidates_for() one by one."""

from collections.abc import Callable
from dataclasses import dataclass

from events.models import Event
from interactions.models import Interaction
from recommendations.feed.viewer import Filters, Viewer


@dataclass(frozen=True)
class FailedRule:
    """A rule that an event fails: its name, and the fact in words."""

    name: str
    text: str


def _status(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    return None if event.status in Event.BOOKABLE else f"its status is {event.status}, not OPEN or IN_PROGRESS"


def _start(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    if event.start_at > viewer.now:
        return None
    return f"it started at {event.start_at:%Y-%m-%d %H:%M} UTC, not after {viewer.now:%Y-%m-%d %H:%M} UTC"


def _dismissed(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    own = Interaction.objects.of(viewer.user).dismissals().filter(event=event)
    newest = own.order_by("-created_at", "-id").first()
    if newest is None:
        return None
    return f"{viewer.user.username} dismissed it at {newest.created_at:%Y-%m-%d %H:%M} UTC"


def _type(event: Event, viewer: Viewer, filters: Filters) -> str | None:
    if filters.type in (None, event.type):
        return None
    return f"its type is {event.type}, and only {filters.type} is asked for"


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


def failed_rules(event: Event, viewer: Viewer, filters: Filters) -> tuple[FailedRule, ...]:
    """Return the rules that keep an event out of the viewer's feed, none for a candidate."""
    texts = {name: rule(event, viewer, filters) for name, rule in RULES.items()}
    return tuple(FailedRule(name, text) for name, text in texts.items() if text is not None)
