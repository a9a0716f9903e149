"""This file holds the ranking by start alone."""

from recommendations.features import START
from recommendations.rankers.base import BY_START, Ranker, one_tier

UPCOMING = Ranker(
    name="upcoming", title="Upcoming", features=(START,), personal=False, sorting=BY_START, tiers=one_tier
)
