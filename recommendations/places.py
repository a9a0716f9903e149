"""This file holds where an event stands in a feed: what is ahead of it, its place, and its row as the feed has it."""

from django.db.models import Q

from events.models import Event, EventQuerySet
from recommendations.candidates import Filters, candidates_for
from recommendations.feed import NOTHING_MISSED, Position, feed_for
from recommendations.rankers.base import Ranker
from recommendations.viewer import Viewer


def tier_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> int:
    """Return the number, from 0, of the tier that holds an event of this category."""
    return next(number for number, tier in enumerate(ranker.tiers(viewer, filters)) if tier.holds(event))


def ahead_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> EventQuerySet:
    """Return the viewer's other candidates that come before an event, with the values it carries; in no order.

    It carries `interaction_count`. Whether it is a candidate itself is not asked.
    """
    order, tiers = ranker.sorting.order, ranker.tiers(viewer, filters)
    number = tier_of(event, viewer, ranker, filters)
    earlier = Q(order.is_before(order.position_of(event))) & tiers[number].condition
    for tier in tiers[:number]:
        earlier |= tier.condition
    return candidates_for(viewer, filters).exclude(pk=event.pk).with_count().filter(earlier)


def place_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> int:
    """Return the place that an event has, or would have, counted from 1; counts what is ahead, which no page should."""
    return ahead_of(event, viewer, ranker, filters).count() + 1


def row_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> Event:
    """Return a candidate as a page of the feed has it, with the ranker's features; the values it carries are stored."""
    *keys, last = ranker.sorting.order.position_of(event)
    assert isinstance(last, int), "Every order ends in the id."
    just_before = Position(tier_of(event, viewer, ranker, filters), (*keys, last - 1), NOTHING_MISSED)
    (row,) = feed_for(viewer, ranker, filters=filters, limit=1, after=just_before).events
    return row
