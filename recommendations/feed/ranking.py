"""The ranking: which events may be recommended, in which order, and the rankers by name."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db.models import Case, Count, Exists, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from events.models import Event
from events.querysets import EventQuerySet
from interactions.models import Interaction, Mute
from recommendations.feed.ranked_list import NoActiveRun, RankedList
from recommendations.feed.viewer import NO_FILTERS, Filters, Viewer

_log = logging.getLogger("marquee.rankers")
_LOG_INTERVAL = timedelta(minutes=1)

# As specified. check_feed, the tests and the benchmark compare what is served with it.
COUNTED = Count("interactions")
# The same number, maintained by triggers: what is served. See Note [Tallies] in interactions/models.py.
KEPT = F("tally__interaction_count")

# The interim order of the specification, and the other two: the same without the boost, or without boost and count.
HEURISTIC_ORDER = ("-interest_boost", "-interaction_count", "start_at", "id")
POPULAR_ORDER = HEURISTIC_ORDER[1:]
UPCOMING_ORDER = HEURISTIC_ORDER[2:]


def candidates_for(viewer: Viewer, filters: Filters) -> EventQuerySet:
    """Return the events that may be recommended: bookable, in the future, neither dismissed nor muted by the viewer."""
    return not_hidden(filters.passed_by(Event.objects.bookable().starting_after(viewer.now)), viewer)


def counted(viewer: Viewer, filters: Filters, *, limit: int) -> int:
    """Return how many candidates there are, `limit` at most: no more of them are read."""
    return candidates_for(viewer, filters)[:limit].count()


def not_hidden(events: EventQuerySet, viewer: Viewer) -> EventQuerySet:
    """Return the events that the viewer has neither dismissed nor muted by organiser, series or category."""
    if viewer.user is None:
        return events
    muted = Mute.objects.of(viewer.user).exclude(pk__in=viewer.unmuted).of_outer_event()
    return not_dismissed(events, viewer).exclude(Exists(muted))


def not_dismissed(events: EventQuerySet, viewer: Viewer) -> EventQuerySet:
    """Return the events that the viewer has not dismissed; all of them for a visitor."""
    if viewer.user is None:
        return events
    dismissed = Interaction.objects.of(viewer.user).dismissals().values("event")
    return events.exclude(pk__in=dismissed)


def ranked(
    candidates: EventQuerySet,
    viewer: Viewer,
    interaction_count: Combinable = KEPT,
    *,
    order: tuple[str, ...] = HEURISTIC_ORDER,
) -> EventQuerySet:
    """Return the candidates in the order of the specification: interests, popularity, start.

    Each carries `interest_boost` (1 if its category is one of the viewer's interests, else 0) and `interaction_count`.
    """
    boost = Case(When(category__in=viewer.interests, then=Value(1)), default=Value(0), output_field=IntegerField())
    if not viewer.interests:
        # Nothing is boosted, and Django would write the constant as ORDER BY 0, which names a column.
        order = tuple(field for field in order if field != "-interest_boost")
    values = {"interest_boost": boost, "interaction_count": interaction_count}
    return candidates.annotate(**values).order_by(*order)


def values_of(event: Event, order: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the values that an order compares, from what ranked() annotates."""
    return tuple(getattr(event, field.removeprefix("-")) for field in order)


def comes_before(values: tuple[Any, ...], others: tuple[Any, ...], order: tuple[str, ...]) -> bool:
    """Return whether an event with these values comes before one with the others."""
    for field, value, other in zip(order, values, others, strict=True):
        if value != other:
            return bool(value > other if field.startswith("-") else value < other)
    return False


def beyond(values: tuple[Any, ...], order: tuple[str, ...], *, before: bool = False) -> Q:
    """Return the condition that an event of ranked() comes after these values, or before them."""
    condition = Q(pk__in=())
    for field, value in reversed(list(zip(order, values, strict=True))):
        name, sign = field.removeprefix("-"), "gt" if field.startswith("-") is before else "lt"
        # The bound of the first field stands alone, so that an index on it can be used.
        condition = Q((f"{name}__{sign}e", value)) & (Q((f"{name}__{sign}", value)) | condition)
    return condition


@dataclass(frozen=True)
class Ranker:
    """An order of the candidates, under a name.

    `order` is the one that ranked() takes. A personal ranker depends on who looks; `popular` answers in its place for
    people who turned personal ranking off. `list_for` makes a ranked list for the head of a feed; the other candidates
    follow in `order`.
    """

    name: str
    title: str
    order: tuple[str, ...]
    is_personal: bool = False
    list_for: Callable[[Viewer, Filters], RankedList] | None = None


def _hybrid_list_for(viewer: Viewer, filters: Filters) -> RankedList:
    # Imported here: it brings numpy and LightGBM, which a feed of the heuristic must not wait for.
    from recommendations.hybrid.serve import list_for

    return list_for(viewer, filters)


HEURISTIC = Ranker("heuristic", "Recommended", HEURISTIC_ORDER, is_personal=True)
POPULAR = Ranker("popular", "Popular", POPULAR_ORDER)
UPCOMING = Ranker("upcoming", "Upcoming", UPCOMING_ORDER)
HYBRID = Ranker("hybrid", "For you", HEURISTIC_ORDER, is_personal=True, list_for=_hybrid_list_for)

RANKERS = {ranker.name: ranker for ranker in (HEURISTIC, POPULAR, UPCOMING, HYBRID)}
# Those whose whole order the specification defines.
DEFINED = (HEURISTIC, POPULAR, UPCOMING)
if settings.DEFAULT_RANKER not in RANKERS:
    raise ImproperlyConfigured(f"DEFAULT_RANKER must be one of {', '.join(RANKERS)}.")
DEFAULT = RANKERS[settings.DEFAULT_RANKER]


@dataclass(frozen=True)
class Feed:
    """What one person gets: the ranker that answers, for whom, with which filters and, if it made one, its list."""

    viewer: Viewer
    ranker: Ranker
    filters: Filters = NO_FILTERS
    ranked_list: RankedList | None = None

    @property
    def listed_ids(self) -> tuple[int, ...]:
        """The events of the ranked list in its order, whether they are still candidates or not."""
        return self.ranked_list.event_ids if self.ranked_list else ()


def feed_for(viewer: Viewer, asked: Ranker, filters: Filters) -> Feed:
    """Return the feed that a viewer begins who asks for a ranker.

    `popular` answers instead of a personal ranker for visitors, and for people who turned personal ranking off. The
    heuristic answers for a ranker that cannot make its list, for whatever reason, and the log says why: a feed is never
    refused for want of a model. If the database is down, the heuristic's own query meets the outage again.
    """
    if asked.is_personal and not viewer.has_personal_ranking:
        return Feed(viewer, POPULAR, filters)
    if asked.list_for is None:
        return Feed(viewer, asked, filters)
    try:
        return Feed(viewer, asked, filters, asked.list_for(viewer, filters))
    except Exception as error:
        _log_fallback(asked, error, viewer.now)
        return Feed(viewer, HEURISTIC, filters)


# When each type of error was last logged by this process.
_logged_at: dict[str, datetime] = {}


def _log_fallback(asked: Ranker, error: Exception, now: datetime) -> None:
    """Log why the heuristic answers for another ranker, each type of error once a minute at most."""
    kind = type(error).__name__
    if kind in _logged_at and abs(now - _logged_at[kind]) < _LOG_INTERVAL:
        return
    _logged_at[kind] = now
    if isinstance(error, NoActiveRun):
        _log.warning("%s falls back to the heuristic: %s", asked.name, NoActiveRun.__doc__)
    else:
        _log.warning("%s falls back to the heuristic: %s: %s", asked.name, kind, error, exc_info=error)
