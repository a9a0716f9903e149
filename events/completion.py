"""This file holds the completion of events that are over."""

from datetime import datetime

from events.models import Event


def complete_past_events(now: datetime) -> int:
    """Turn bookable events that are over into COMPLETED and return how many there were.

    Over is an event whose end has passed or, without an end, whose start lies a day back.
    """
    return Event.objects.bookable().over_by(now).update(status=Event.Status.COMPLETED)
