"""This file holds which events may appear in a feed."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from events.models import Event, EventQuerySet
from interactions.models import Interaction
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Filters:
    """What the viewer asked to see only; None leaves any."""

    type: str | None = None
    category: str | None = None


def candidates_for(viewer: Viewer, filters: Filters) -> EventQuerySet:
    """Return the events that are bookable, start after the viewer's now, and were not dismissed by them."""
    # By the tally's copies, not the event's own columns: only there one index narrows and orders. See Note [Tallies].
    rows = Event.objects.filter(tally__status__in=Event.BOOKABLE, tally__start_at__gt=viewer.now)
    if filters.type is not None:
        rows = rows.filter(tally__type=filters.type)
    if filters.category is not None:
        rows = rows.filter(tally__category=filters.category)
    dismissals = Interaction.objects.of(viewer.user).dismissals().filter(event=OuterRef("pk"))
    return rows.filter(~Exists(dismissals))
