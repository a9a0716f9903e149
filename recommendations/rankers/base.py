"""This file holds what a ranker is."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db.models import F

from events.keyset import Key, Negative, Order
from events.models import EventQuerySet
from recommendations.features import Feature
from recommendations.viewer import Viewer

Tiers = tuple[EventQuerySet, ...]


@dataclass(frozen=True)
class Ranker:
    """A way to order candidates, as a value: named database expressions, and tiers read one after the other.

    `tiers` splits the candidates into disjoint querysets; every event of one comes before every event of the next,
    and within each `order` decides. The reasons told to the viewer follow the order of `features`.
    """

    name: str
    title: str
    features: tuple[Feature, ...]
    order: Order
    tiers: Callable[[EventQuerySet, Viewer], Tiers]

    def tiers_of(self, candidates: EventQuerySet, viewer: Viewer) -> Tiers:
        """Return the tiers of the candidates, each row annotated with every feature, organisers loaded."""
        # The count is part of an event wherever it is shown, whether it ordered the row or not.
        values = {feature.name: feature.expression(viewer) for feature in self.features}
        rows = candidates.with_count().annotate(**values).select_related("organiser")
        return self.tiers(rows, viewer)


def one_tier(candidates: EventQuerySet, viewer: Viewer) -> Tiers:
    """Return all candidates as one tier."""
    return (candidates,)


_COUNT = Key(Negative("tally__interaction_count"), "interaction_count", negated=True)
_START = Key(F("tally__start_at"), "start_at")
_ID = Key(F("tally__event"), "pk")

BY_POPULARITY = Order((_COUNT, _START, _ID))
BY_START = Order((_START, _ID))
