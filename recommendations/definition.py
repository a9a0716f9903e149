"""This file holds the ranking as the design card words it: Case/When and Count in one queryset, slow and plain.

The feed is never read from here. `check_feed`, the tests and the benchmark hold the served order against it.
"""

from django.db.models import Case, Count, IntegerField, QuerySet, Value, When
from django.db.models.expressions import Combinable

from events.models import Event
from interactions.models import Interaction
from recommendations.candidates import Filters
from recommendations.viewer import Viewer

_ORDERS = {
    "heuristic": ("-interest_boost", "-interaction_total", "start_at", "id"),
    "popular": ("-interaction_total", "start_at", "id"),
    "upcoming": ("start_at", "id"),
}
# The rankers that the words define; others are judged by what they are good for.
DEFINED = tuple(_ORDERS)
_COUNTING = Count("interactions")


def definition_for(viewer: Viewer, ranker: str, filters: Filters, *, total: Combinable = _COUNTING) -> QuerySet[Event]:
    """Return the viewer's whole feed by the words of the specification; KeyError for a ranker without one.

    `total` is the number of interactions: counted, as the card words it, unless the benchmark asks for the kept count.
    """
    order = _ORDERS[ranker]
    if not viewer.interests:
        # Nothing is boosted then, and Django would write the constant as ORDER BY 0, which stands for a column.
        order = tuple(key for key in order if key != "-interest_boost")
    events = Event.objects.filter(status__in=["OPEN", "IN_PROGRESS"], start_at__gt=viewer.now)
    if filters.type is not None:
        events = events.filter(type=filters.type)
    if filters.category is not None:
        events = events.filter(category=filters.category)
    dismissed = Interaction.objects.filter(user=viewer.user, action="DISMISS").values("event")
    boost = Case(When(category__in=viewer.interests, then=Value(1)), default=Value(0), output_field=IntegerField())
    return events.exclude(pk__in=dismissed).annotate(interest_boost=boost, interaction_total=total).order_by(*order)
