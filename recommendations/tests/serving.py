"""This file holds what tests ask of the hybrid: a whole feed, and a page."""

from recommendations.beginning import begun
from recommendations.candidates import Filters
from recommendations.feed import whole_feed
from recommendations.rankers.hybrid import HYBRID
from recommendations.reading import feed_page
from recommendations.tests.taste import NOW
from recommendations.viewer import viewer_of


def served(user, filters=Filters()):  # noqa: B008 (a value)
    """Return the ranker that answers, and the ids of the whole feed."""
    viewer, ranker = begun(viewer_of(user, NOW), HYBRID, filters)
    return ranker, [event.pk for event in whole_feed(viewer, ranker, filters)]


def page(user, **parameters):
    """Return a page as the API gives it."""
    return feed_page(viewer_of(user, NOW), HYBRID, "/recommendations", {"limit": 5, "ranker": "hybrid", **parameters})


def ids_of(answer):
    """Return the events of a page."""
    return [result["event"]["id"] for result in answer["results"]]
