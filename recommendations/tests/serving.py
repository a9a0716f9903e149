"""What tests ask of the hybrid: a whole feed, and a page."""

from recommendations.feed.pagination import feed_page, whole_feed
from recommendations.feed.ranking import HYBRID, feed_for
from recommendations.feed.viewer import Filters, viewer_of
from recommendations.serializers import feed_as_json
from recommendations.tests.taste import NOW


def served(user, filters=Filters()):  # noqa: B008 (a value)
    """Return the ranker that answers, and the ids of the whole feed."""
    feed = feed_for(viewer_of(user, NOW), HYBRID, filters)
    return feed.ranker, [event.pk for event in whole_feed(feed)]


def page(user, **parameters):
    """Return a page as the API gives it."""
    asked = {"limit": 5, "ranker": "hybrid", **parameters}
    return feed_as_json(feed_page(viewer_of(user, NOW), HYBRID, "/recommendations", asked))


def ids_of(answer):
    """Return the events of a page."""
    return [result["event"]["id"] for result in answer["results"]]
