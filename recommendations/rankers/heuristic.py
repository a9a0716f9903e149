"""This file holds the interim ranking of the specification: interests, then popularity, then the sooner start."""

from events.models import EventQuerySet
from recommendations.features import INTEREST_MATCH, POPULARITY, START
from recommendations.rankers.base import BY_POPULARITY, Ranker, Tiers, one_tier
from recommendations.viewer import Viewer


def _tiers(candidates: EventQuerySet, viewer: Viewer) -> Tiers:
    """Return what is in the interests, then the rest: each part has one order that an index serves."""
    if not viewer.interests:
        return one_tier(candidates, viewer)
    return (
        candidates.filter(tally__category__in=viewer.interests),
        candidates.exclude(tally__category__in=viewer.interests),
    )


HEURISTIC = Ranker(
    name="heuristic",
    title="Recommended",
    features=(INTEREST_MATCH, POPULARITY, START),
    order=BY_POPULARITY,
    tiers=_tiers,
)
