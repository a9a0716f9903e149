"""This file holds which events may appear in a feed."""

from dataclasses import dataclass

from events.models import Event, EventQuerySet
from interactions.models import Interaction
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Filters:
    """What the viewer asked to see only; None leaves any."""

    type: str | None = None
    category: str | None = None


def candidates_for(viewer: Viewer, filters: Filters) -> EventQuerySet:
    """Return the events that are bookable, start after the viewer's now, and were not dismissed by them.

    The statements that read a page say the same for the index that they read: sql/by_popularity.sql, sql/by_start.sql.
    """
    dismissed = Interaction.objects.of(viewer.user).dismissals().values("event")
    rows = Event.objects.bookable().starting_after(viewer.now).exclude(pk__in=dismissed)
    return rows.narrowed(type=filters.type, category=filters.category, status=None, q=None)
