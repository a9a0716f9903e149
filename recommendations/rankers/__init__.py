"""This file holds the rankers by name, and the one that answers when none is asked for."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from recommendations.rankers.base import Ranker
from recommendations.rankers.heuristic import HEURISTIC
from recommendations.rankers.hybrid import HYBRID
from recommendations.rankers.popular import POPULAR
from recommendations.rankers.upcoming import UPCOMING

RANKERS: dict[str, Ranker] = {ranker.name: ranker for ranker in (HEURISTIC, POPULAR, UPCOMING, HYBRID)}
if settings.DEFAULT_RANKER not in RANKERS:
    raise ImproperlyConfigured(f"DEFAULT_RANKER must be one of {', '.join(RANKERS)}.")
DEFAULT = RANKERS[settings.DEFAULT_RANKER]
