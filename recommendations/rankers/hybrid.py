"""This file holds the hybrid: a shortlist re-ranked by what was learnt, then the rest as the heuristic has it."""

from dataclasses import replace

from recommendations.candidates import Filters
from recommendations.features import INTEREST_MATCH, PERSONAL, POPULARITY, START
from recommendations.rankers.base import BY_POPULARITY, Ranker, Tier
from recommendations.rankers.heuristic import HEURISTIC
from recommendations.viewer import Listing, Viewer


def _tiers(viewer: Viewer, filters: Filters) -> tuple[Tier, ...]:
    """Return what is listed, in its order, then the rest."""
    rest = HEURISTIC.tiers(viewer, filters)
    if viewer.listing is None:
        return rest
    listed = viewer.listing.event_ids
    return Tier(False, listed=listed), *(replace(tier, unlisted=listed) for tier in rest)


def _listing(viewer: Viewer, filters: Filters) -> Listing:
    # Here, because they import numpy and LightGBM, which a feed of the heuristic must not wait for.
    from recommendations.hybrid.asking import listing_for

    return listing_for(viewer, filters)


HYBRID = Ranker(
    name="hybrid",
    title="For you",
    features=(PERSONAL, INTEREST_MATCH, POPULARITY, START),
    personal=True,
    sorting=BY_POPULARITY,
    tiers=_tiers,
    listing=_listing,
)
