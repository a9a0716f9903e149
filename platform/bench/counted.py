"""This file holds the definition with a kept count instead of counting: every candidate in one sort.

It is what one would write without tiers and indexes. The order check holds it against the literal definition.
"""

from django.db.models import Case, F, IntegerField, QuerySet, Value, When

from events.models import Event
from interactions.models import Interaction
from recommendations.candidates import Filters
from recommendations.viewer import Viewer

_ORDERS = {
    "heuristic": ("-interest_boost", "-interaction_total", "start_at", "id"),
    "popular": ("-interaction_total", "start_at", "id"),
    "upcoming": ("start_at", "id"),
}


def counted_for(viewer: Viewer, ranker: str, filters: Filters) -> QuerySet[Event]:
    """Return the viewer's whole feed by the words of the specification but for the counting."""
    events = Event.objects.bookable().starting_after(viewer.now)
    if filters.type is not None:
        events = events.filter(type=filters.type)
    if filters.category is not None:
        events = events.filter(category=filters.category)
    dismissed = Interaction.objects.of(viewer.user).dismissals().values("event")
    boost = Case(When(category__in=viewer.interests, then=Value(1)), default=Value(0), output_field=IntegerField())
    # Nothing is boosted without interests; Django would then write the constant as a column's number.
    order = _ORDERS[ranker] if viewer.interests else tuple(k for k in _ORDERS[ranker] if k != "-interest_boost")
    return (
        events.exclude(pk__in=dismissed)
        .annotate(interest_boost=boost, interaction_total=F("tally__interaction_count"))
        .order_by(*order)
    )
