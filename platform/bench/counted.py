"""This file holds the definition with a kept count instead of counting: every candidate in one sort.

It is what one would write without tiers and indexes. The order check holds it against the literal definition.
"""

from django.db.models import F, QuerySet

from events.models import Event
from recommendations.candidates import Filters
from recommendations.definition import definition_for
from recommendations.viewer import Viewer


def counted_for(viewer: Viewer, ranker: str, filters: Filters) -> QuerySet[Event]:
    """Return the viewer's whole feed by the words of the specification but for the counting."""
    return definition_for(viewer, ranker, filters, total=F("tally__interaction_count"))
