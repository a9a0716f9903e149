"""The changing of events' statuses, of those that are over too."""

from collections.abc import Collection
from datetime import datetime

from events.models import Event


def complete_past_events(now: datetime) -> int:
    """Turn bookable events that are over into COMPLETED and return how many there were.

    Over is an event whose end has passed or, without an end, whose start lies a day back.
    """
    return Event.objects.bookable().over_by(now).update(status=Event.Status.COMPLETED)


def change_status(ids: Collection[int], status: Event.Status) -> list[Event]:
    """Give the events this status and return those that had another, by id. Call it within a transaction."""
    other = Event.objects.filter(pk__in=ids).exclude(status=status).order_by("pk")
    changed = list(other.select_for_update(no_key=True))
    Event.objects.filter(pk__in=[event.pk for event in changed]).update(status=status)
    return changed
