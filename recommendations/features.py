"""This file holds the features: what a ranker knows of an event for a viewer, one database expression each."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import BooleanField, Case, F, Value, When
from django.db.models.expressions import Combinable

from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Feature:
    """A value per event and viewer, annotated on the event under its name."""

    name: str
    expression: Callable[[Viewer], Combinable]
    help: str


def _interest_match(viewer: Viewer) -> Combinable:
    if not viewer.interests:
        return Value(False, output_field=BooleanField())
    return Case(When(tally__category__in=viewer.interests, then=Value(True)), default=Value(False))


INTEREST_MATCH = Feature("interest_match", _interest_match, "The category is among the viewer's interests.")
POPULARITY = Feature(
    "interaction_count", lambda viewer: F("tally__interaction_count"), "Interactions of every action by everybody."
)
START = Feature("ranked_start_at", lambda viewer: F("tally__start_at"), "When it starts.")
