"""Cards: what a list shows of an event, ready for the template page/card.html."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.http import HttpRequest

from events.facts import facts_in_words
from events.geo import measure, place_of
from events.models import Event
from events.times import TimeInWords, start_in_words
from events.times import zone_of as event_zone
from interactions.models import Interaction
from recommendations.addresses import event_path
from recommendations.feed.reasons import Reason
from recommendations.feed.viewer import Viewer
from recommendations.pages.posters import Poster, poster_of
from recommendations.pages.words import day_of, distance

_REASONS = 3
# What else a card says of a status; one can go to an OPEN event.
_STATUSES = {"CANCELLED": "Cancelled", "COMPLETED": "Over", "IN_PROGRESS": "In progress"}
# In a cookie that main.js sets.
_ZONE_COOKIE = "zone"


@dataclass(frozen=True)
class Card:
    """An event as a list shows it."""

    event: Event
    reasons: tuple[Reason, ...]
    when: TimeInWords
    # The time of day alone, for a list with days as headings; None where it would be another day's at the place.
    clock: str | None
    facts: tuple[str, ...]
    distance: str
    status: str
    poster: Poster
    is_saved: bool
    day: str

    @property
    def address(self) -> str:
        """Where the event's own page is."""
        return event_path(self.event.pk, self.event.title)


def cards_for(
    events: Sequence[Event],
    viewer: Viewer,
    zone: ZoneInfo,
    *,
    reasons_of: Callable[[Event], Iterable[Reason]] = lambda event: (),
) -> list[Card]:
    """Return the events as cards, in their order. One statement, for what the viewer saved."""
    saved = saved_among(events, viewer)
    # A page of a feed has measured its own, from the place that is asked for.
    measure([event for event in events if event.distance_km is None], place_of(viewer.user))
    return [
        Card(
            event=event,
            reasons=_shown(reasons_of(event)),
            when=start_in_words(event, viewer.now, zone),
            clock=_clock(event, zone),
            facts=_facts(event),
            distance=distance(event.distance_km),
            status=_status(event, viewer.now),
            poster=poster_of(event),
            is_saved=event.pk in saved,
            day=day_of(event.start_at, viewer.now, zone),
        )
        for event in events
    ]


def saved_among(events: Sequence[Event], viewer: Viewer) -> set[int]:
    """Return the ids of the events that the viewer saved; none for a visitor."""
    ids = [event.pk for event in events]
    if viewer.user is None or not ids:
        return set()
    own = Interaction.objects.of(viewer.user).filter(action=Interaction.Action.SAVE, event__in=ids)
    return set(own.values_list("event_id", flat=True))


def zone_of(request: HttpRequest) -> ZoneInfo:
    """Return the visitor's time zone, which a cookie names; without one, the server's."""
    try:
        return ZoneInfo(request.COOKIES.get(_ZONE_COOKIE) or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo(settings.TIME_ZONE)


def _clock(event: Event, zone: ZoneInfo) -> str | None:
    local = event.start_at.astimezone(zone)
    own = event.start_at.astimezone(event_zone(event) or zone)
    return f"{local:%H:%M}" if own.utcoffset() == local.utcoffset() else None


def _facts(event: Event) -> tuple[str, ...]:
    """Return price, attendance, language and age in words, as far as they are known."""
    price = None if event.price is None else asdict(event.price)
    known = {"attendance": event.attendance, "language": event.language, "minimumAge": event.minimum_age}
    return tuple(facts_in_words({"price": price, **known}))


def _status(event: Event, now: datetime) -> str:
    if event.status == Event.Status.OPEN and event.start_at <= now:
        return "Has begun"
    return _STATUSES.get(event.status, "")


def _shown(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Return three reasons at most, none twice; neither the score nor the start, which the card shows anyway."""
    by_text = {reason["text"]: reason for reason in reasons if reason["signal"] not in ("score", "start")}
    return tuple(by_text.values())[:_REASONS]
