"""What the pages of events, organisers and venues show."""

from dataclasses import dataclass

from api.costly import Busy
from api.keyset import BY_START, Page, page_of
from events.models import Event, Organiser
from events.querysets import LASTS_WITHOUT_END, EventQuerySet
from interactions.models import Interaction
from recommendations.feed.pagination import event_in
from recommendations.feed.ranking import DEFAULT, feed_for
from recommendations.feed.reasons import reason_texts, reasons_for
from recommendations.feed.viewer import NO_FILTERS, Viewer
from recommendations.semantic_search.search import CannotCompare, similar_to

DATES_MAX = 10
SIMILAR_MAX = 6
EVENTS_PER_PAGE = 20


@dataclass(frozen=True)
class EventPage:
    """An event with what its page says besides.

    `reasons`: why it is in the viewer's feed, in words, none if it is not in it. `actions`: what the viewer did and has
    not undone. `is_changed`: whether the event changed since. `dates`: the next dates of its series. `similar`: others,
    nearest in meaning first.
    """

    event: Event
    reasons: tuple[str, ...]
    actions: frozenset[str]
    is_changed: bool
    dates: tuple[Event, ...]
    has_more_dates: bool
    similar: tuple[Event, ...]


def event_page(event: Event, viewer: Viewer) -> EventPage:
    """Return what the page of an event shows to a viewer; expects the organiser loaded."""
    standing = {}
    if viewer.user is not None:
        own = Interaction.objects.of(viewer.user).standing().filter(event=event)
        standing = dict(own.values_list("action", "created_at"))
    is_changed = event.revised_at is not None and any(
        event.revised_at > at for action, at in standing.items() if action != Interaction.Action.DISMISS
    )
    dates = _other_dates(event, viewer)
    return EventPage(
        event=event,
        reasons=_reasons(event, viewer) if Interaction.Action.DISMISS not in standing else (),
        actions=frozenset(standing),
        is_changed=is_changed,
        dates=tuple(dates[:DATES_MAX]),
        has_more_dates=len(dates) > DATES_MAX,
        similar=_similar(event, viewer, excluded_series=event.series),
    )


def state_of(event: Event, viewer: Viewer) -> str:
    """Return "cancelled", "over", "started" or, of an event that lies ahead, "ahead"."""
    if event.status == Event.Status.CANCELLED:
        return "cancelled"
    ends_at = event.end_at or event.start_at + LASTS_WITHOUT_END
    if event.status == Event.Status.COMPLETED or ends_at <= viewer.now:
        return "over"
    return "started" if event.start_at <= viewer.now else "ahead"


def events_of_organiser(organiser: Organiser, viewer: Viewer, cursor: str | None) -> Page[Event]:
    """Return a page of what an organiser puts on, soonest first; ValidationError for a cursor of another list."""
    return _upcoming_page(Event.objects.filter(organiser=organiser), viewer, cursor, ("organiser-page", organiser.pk))


def events_at(location_name: str, viewer: Viewer, cursor: str | None) -> Page[Event]:
    """Return a page of what is on at a venue, soonest first; ValidationError for a cursor of another list."""
    return _upcoming_page(
        Event.objects.filter(location_name=location_name), viewer, cursor, ("venue-page", location_name)
    )


def _upcoming_page(events: EventQuerySet, viewer: Viewer, cursor: str | None, scope: tuple[object, ...]) -> Page[Event]:
    upcoming = events.bookable().starting_after(viewer.now).with_count().select_related("organiser")
    return page_of(upcoming, BY_START, limit=EVENTS_PER_PAGE, cursor=cursor, scope=scope)


def _reasons(event: Event, viewer: Viewer) -> tuple[str, ...]:
    """Return why the event is in the viewer's feed, without its start, which the page shows anyway."""
    if viewer.user is None or event.status not in Event.BOOKABLE or event.start_at <= viewer.now:
        return ()
    feed = feed_for(viewer, DEFAULT, NO_FILTERS)
    row = event_in(feed, event.pk)
    if row is None:
        return ()
    return tuple(reason_texts(reason for reason in reasons_for(row, feed.ranker) if reason["signal"] != "start"))


def _other_dates(event: Event, viewer: Viewer) -> list[Event]:
    if event.series is None:
        return []
    others = Event.objects.bookable().starting_after(viewer.now).filter(series=event.series).exclude(pk=event.pk)
    return list(BY_START.sorted(others)[: DATES_MAX + 1])


def _similar(event: Event, viewer: Viewer, *, excluded_series: str | None) -> tuple[Event, ...]:
    """Return similar events, without other dates of its series; none if texts cannot be compared at the moment."""
    try:
        matches = similar_to(event, viewer, NO_FILTERS, SIMILAR_MAX + 1, stored_only=True)
    except (CannotCompare, Busy):
        return ()
    others = [each.event for each in matches if excluded_series is None or each.event.series != excluded_series]
    return tuple(others[:SIMILAR_MAX])
