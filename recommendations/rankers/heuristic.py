"""This file holds the interim ranking of the specification: interests, then popularity, then the sooner start."""

from recommendations.candidates import Filters
from recommendations.features import INTEREST_MATCH, POPULARITY, START
from recommendations.rankers.base import BY_POPULARITY, Ranker, Tier, one_tier
from recommendations.viewer import Viewer


def _tiers(viewer: Viewer, filters: Filters) -> tuple[Tier, ...]:
    """Return what is in the interests, then the rest."""
    if filters.category is not None:
        return (Tier(filters.category in viewer.interests, (filters.category,)),)
    if not viewer.interests:
        return one_tier(viewer, filters)
    return Tier(True, viewer.interests), Tier(False, outside=viewer.interests)


HEURISTIC = Ranker(
    name="heuristic",
    title="Recommended",
    features=(INTEREST_MATCH, POPULARITY, START),
    personal=True,
    sorting=BY_POPULARITY,
    tiers=_tiers,
)
