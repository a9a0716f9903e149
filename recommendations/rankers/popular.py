"""This file holds the ranking by popularity alone."""

from recommendations.features import POPULARITY, START
from recommendations.rankers.base import BY_POPULARITY, Ranker, one_tier

POPULAR = Ranker(
    name="popular",
    title="Popular",
    features=(POPULARITY, START),
    personal=False,
    sorting=BY_POPULARITY,
    tiers=one_tier,
)
