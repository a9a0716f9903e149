"""Eligibility: the rules that keep an event out of a feed, those of candidates_for() one by one."""

from collections.abc import Callable
from dataclasses import dataclass

from events.models import Event
from interactions.models import Interaction, Mute
from recommendations.feed.viewer import PARAMETERS, Filters, Viewer


@dataclass(frozen=True)
class FailedRule:
    """A rule that an event fails: its name, and the fact in words."""

    name: str
    text: str


def _status(event: Event, viewer: Viewer) -> str | None:
    return None if event.status in Event.BOOKABLE else f"its status is {event.status}, not OPEN or IN_PROGRESS"


def _start(event: Event, viewer: Viewer) -> str | None:
    if event.start_at > viewer.now:
        return None
    return f"it started at {event.start_at:%Y-%m-%d %H:%M} UTC, not after {viewer.now:%Y-%m-%d %H:%M} UTC"


def _dismissed(event: Event, viewer: Viewer) -> str | None:
    own = Interaction.objects.of(viewer.known_user).dismissals().filter(event=event)
    newest = own.order_by("-created_at", "-id").first()
    if newest is None:
        return None
    return f"{viewer.known_user.username} dismissed it at {newest.created_at:%Y-%m-%d %H:%M} UTC"


def _muted(event: Event, viewer: Viewer, target: str) -> str | None:
    muted = mute_of(event, viewer, target)
    if muted is None:
        return None
    return f"{viewer.known_user.username} hid this {target}, {muted.name}, at {muted.created_at:%Y-%m-%d %H:%M} UTC"


def mute_of(event: Event, viewer: Viewer, target: str) -> Mute | None:
    """Return the viewer's mute of the event's organiser, series or category, as `target` names it; None without one."""
    value = getattr(event, target)
    if value is None:
        return None
    return Mute.objects.of(viewer.known_user).with_names().filter(**{target: value}).order_by("pk").first()


_RULES: dict[str, Callable[[Event, Viewer], str | None]] = {
    "status": _status,
    "start": _start,
    "dismissed": _dismissed,
    "mutedOrganiser": lambda event, viewer: _muted(event, viewer, "organiser"),
    "mutedSeries": lambda event, viewer: _muted(event, viewer, "series"),
    "mutedCategory": lambda event, viewer: _muted(event, viewer, "category"),
}
RULES = (*_RULES, *PARAMETERS)


def failed_rules(event: Event, viewer: Viewer, filters: Filters) -> tuple[FailedRule, ...]:
    """Return the rules that keep an event out of the viewer's feed, none for a candidate."""
    facts = {name: rule(event, viewer) for name, rule in _RULES.items()}
    for name in filters.given:
        passes = filters.only(name).passed_by(Event.objects.filter(pk=event.pk)).exists()
        facts[name] = None if passes else filters.fact(name, event)
    return tuple(FailedRule(name, text) for name, text in facts.items() if text is not None)
