"""This file holds where an event stands in a feed: what is ahead of it, its place, and its row as the feed has it."""

from typing import Any

from django.db.models import Q, QuerySet

from events.models import Event
from interactions.models import Interaction, Tally
from recommendations.candidates import Filters
from recommendations.feed import NOTHING_MISSED, Position, feed_for
from recommendations.rankers.base import Ranker
from recommendations.viewer import Viewer


def tier_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> int:
    """Return the number, from 0, of the tier that holds an event."""
    return next(number for number, tier in enumerate(ranker.tiers(viewer, filters)) if tier.holds(event))


def standing_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> tuple[int, tuple[Any, ...]]:
    """Return an event's tier, from 0, and its position there, with the values it carries; less is further ahead."""
    number = tier_of(event, viewer, ranker, filters)
    tier = ranker.tiers(viewer, filters)[number]
    if tier.listed is not None:
        return number, (tier.listed.index(event.pk) + 1,)
    return number, ranker.sorting.order.position_of(event)


def ahead_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> QuerySet[Tally]:
    """Return the tallies of the viewer's other candidates that come before an event, with the values it carries.

    It carries `interaction_count`; whether it is a candidate itself is not asked. Tallies, because of all that is ahead
    a narrow row is read in a quarter of the time.
    """
    tiers = ranker.tiers(viewer, filters)
    number, position = standing_of(event, viewer, ranker, filters)
    earlier = Q(ranker.sorting_of(tiers[number]).kept.is_before(position)) & tiers[number].condition
    for tier in tiers[:number]:
        earlier |= tier.condition
    rows = Tally.objects.exclude(pk=event.pk).filter(earlier, status__in=Event.BOOKABLE, start_at__gt=viewer.now)
    if filters.type is not None:
        rows = rows.filter(type=filters.type)
    if filters.category is not None:
        rows = rows.filter(category=filters.category)
    return rows.exclude(event__in=Interaction.objects.of(viewer.user).dismissals().values("event"))


def place_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> int:
    """Return the place that an event has, or would have, counted from 1; counts what is ahead, which no page should."""
    return ahead_of(event, viewer, ranker, filters).count() + 1


def row_of(event: Event, viewer: Viewer, ranker: Ranker, filters: Filters) -> Event:
    """Return a candidate as a page of the feed has it, with the ranker's features; the values it carries are stored."""
    number, (*keys, last) = standing_of(event, viewer, ranker, filters)
    # The last key is a whole number, an id or a place of its own.
    just_before = Position(number, (*keys, last - 1), NOTHING_MISSED)
    (row,) = feed_for(viewer, ranker, filters=filters, limit=1, after=just_before).events
    return row
