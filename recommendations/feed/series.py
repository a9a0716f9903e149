"""Series: what a list shows of them is the next date, with the number of those that follow."""

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, Subquery

from events.models import Event
from events.querysets import EventQuerySet


def next_dates(candidates: EventQuerySet) -> EventQuerySet:
    """Keep of each series the candidate that starts first."""
    sooner = candidates.filter(
        Q(start_at__lt=OuterRef("start_at")) | Q(start_at=OuterRef("start_at"), pk__lt=OuterRef("pk")),
        series=OuterRef("series"),
    )
    return candidates.filter(Q(series=None) | ~Exists(sooner))


def more_dates(events: Iterable[Event], candidates: EventQuerySet) -> dict[int, int]:
    """Return how many candidates of its series follow each event, by id, without those that are the last.

    One statement; none if no event has a series.
    """
    ids = [event.pk for event in events if event.series is not None]
    if not ids:
        return {}
    later = candidates.filter(
        Q(start_at__gt=OuterRef("start_at")) | Q(start_at=OuterRef("start_at"), pk__gt=OuterRef("pk")),
        series=OuterRef("series"),
    )
    number = later.order_by().values("series").annotate(number=Count("pk")).values("number")
    events_with_more = Event.objects.filter(pk__in=ids).annotate(more=Subquery(number)).filter(more__isnull=False)
    return dict(events_with_more.values_list("pk", "more"))
