"""Changes of events' statuses, in bulk."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, Sum

from events.models import Event
from events.querysets import EventQuerySet

# People are counted among at most so many interactions: more would take seconds.
_MOST_INTERACTIONS = 500_000
_SHOWN = 20


@dataclass(frozen=True)
class StatusChange:
    """What a bulk change of status does, as numbers of events.

    `first`: those that change and start first, _SHOWN at most. `unchanged` have the status already, `over` are skipped.
    `people_saved`: people who saved the events that change; None if these have too many interactions to count.
    """

    first: tuple[Event, ...]
    changed: int
    unchanged: int
    over: int
    not_started: int
    people_saved: int | None


def complete_past_events(now: datetime) -> int:
    """Turn bookable events that are over into COMPLETED and return how many there were.

    Over is an event whose end has passed or, without an end, whose start lies a day back.
    """
    return Event.objects.bookable().over_by(now).update(status=Event.Status.COMPLETED)


def change_status(ids: Collection[int], status: Event.Status, now: datetime) -> list[Event]:
    """Give the events this status and return those that changed, by id. Call it within a transaction.

    Events that are over can't be cancelled here.
    """
    changed = list(_changing(ids, status, now).order_by("pk").select_for_update(no_key=True))
    Event.objects.filter(pk__in=[event.pk for event in changed]).update(status=status)
    return changed


def planned_change(ids: Collection[int], status: Event.Status, now: datetime) -> StatusChange:
    """Return what change_status() would do."""
    changing = _changing(ids, status, now)
    numbers = changing.aggregate(
        changed=Count("pk"),
        not_started=Count("pk", filter=Q(start_at__gt=now)),
        interactions=Sum("tally__interaction_count", default=0),
    )
    unchanged = Event.objects.filter(pk__in=ids, status=status).count()
    people_saved = None
    if numbers["interactions"] <= _MOST_INTERACTIONS:
        saved = changing.filter(interactions__action="SAVE")
        people_saved = saved.aggregate(people=Count("interactions__user", distinct=True))["people"]
    over = Event.objects.filter(pk__in=ids).count() - unchanged - numbers["changed"]
    return StatusChange(
        tuple(changing.order_by("start_at", "pk")[:_SHOWN]),
        numbers["changed"],
        unchanged,
        over,
        numbers["not_started"],
        people_saved,
    )


def _changing(ids: Collection[int], status: Event.Status, now: datetime) -> EventQuerySet:
    changing = Event.objects.filter(pk__in=ids).exclude(status=status)
    return changing.not_over_by(now) if status == Event.Status.CANCELLED else changing
