"""This file holds the rankers by name; the first is the default."""

from recommendations.rankers.base import Ranker
from recommendations.rankers.heuristic import HEURISTIC
from recommendations.rankers.popular import POPULAR
from recommendations.rankers.upcoming import UPCOMING

RANKERS: dict[str, Ranker] = {ranker.name: ranker for ranker in (HEURISTIC, POPULAR, UPCOMING)}
DEFAULT = HEURISTIC
