"""The position of an event in a feed."""

from typing import Any

from django.db.models import Q

from events.models import Event, EventQuerySet
from recommendations.feed.ranking import Feed, candidates_for, ranked


def sort_key(event: Event, feed: Feed) -> tuple[Any, ...]:
    """Return what a feed sorts an event by, with the `interaction_count` that it carries: the smallest comes first."""
    if event.pk in feed.listed_ids:
        return 0, feed.listed_ids.index(event.pk)
    values = {
        "-interest_boost": event.category not in feed.viewer.interests,
        "-interaction_count": -event.interaction_count,
        "start_at": event.start_at,
        "id": event.pk,
    }
    return 1, *(values[field] for field in feed.ranker.order)


def ahead_of(event: Event, feed: Feed) -> EventQuerySet:
    """Return the other candidates that come before an event, with the `interaction_count` that it carries.

    Whether it is a candidate itself makes no difference.
    """
    others = ranked(candidates_for(feed.viewer, feed.filters), feed.viewer).exclude(pk=event.pk)
    if event.pk in feed.listed_ids:
        return others.filter(pk__in=feed.listed_ids[: feed.listed_ids.index(event.pk)])
    own = {
        "interest_boost": int(event.category in feed.viewer.interests),
        "interaction_count": event.interaction_count,
        "start_at": event.start_at,
        "id": event.pk,
    }
    ahead = Q(pk__in=())
    for field in reversed(feed.ranker.order):
        name, before = field.removeprefix("-"), "gt" if field.startswith("-") else "lt"
        # The bound of the first field stands alone, so that an index on it can be used.
        ahead = Q(**{f"{name}__{before}e": own[name]}) & (Q(**{f"{name}__{before}": own[name]}) | ahead)
    return others.filter(ahead | Q(pk__in=feed.listed_ids))


def position_of(event: Event, feed: Feed) -> int:
    """Return the position that an event has, or would have, from 1. Counts all that is ahead, so no page needs it."""
    return ahead_of(event, feed).count() + 1
