"""The position of an event in a feed."""

from django.db.models import Q

from events.models import Event
from events.querysets import EventQuerySet
from recommendations.feed.ranking import Feed, beyond, candidates_for, comes_before, ranked, values_of


def precedes(event: Event, other: Event, feed: Feed) -> bool:
    """Return whether an event comes before another one in a feed, with the values that both carry."""
    listed = feed.listed_ids
    if event.pk in listed or other.pk in listed:
        places = (listed.index(each.pk) if each.pk in listed else len(listed) for each in (event, other))
        return next(places) < next(places)
    order = feed.ranker.order
    return comes_before(values_of(event, order), values_of(other, order), order)


def ahead_of(event: Event, feed: Feed) -> EventQuerySet:
    """Return the other candidates that come before an event, with the values that it carries.

    Whether it is a candidate itself makes no difference.
    """
    others = ranked(candidates_for(feed.viewer, feed.filters), feed.viewer).exclude(pk=event.pk)
    if event.pk in feed.listed_ids:
        return others.filter(pk__in=feed.listed_ids[: feed.listed_ids.index(event.pk)])
    order = feed.ranker.order
    return others.filter(beyond(values_of(event, order), order, before=True) | Q(pk__in=feed.listed_ids))


def position_of(event: Event, feed: Feed) -> int:
    """Return the position that an event has, or would have, from 1. Counts all that is ahead, so no page needs it."""
    return ahead_of(event, feed).count() + 1
