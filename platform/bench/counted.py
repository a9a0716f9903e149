"""The definition with the maintained count: every candidate in one sort.

It is what is served without page_heads.sql. The order check compares it with the literal definition.
"""

from events.models import EventQuerySet
from recommendations.feed.ranking import Feed, candidates_for, ranked


def counted_for(feed: Feed) -> EventQuerySet:
    """Return the whole feed as the specification words it, but for the counting."""
    return ranked(candidates_for(feed.viewer, feed.filters), feed.viewer, order=feed.ranker.order)
