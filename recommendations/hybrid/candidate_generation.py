"""Candidate generation: the few hundred events of a user's catalogue that are worth scoring."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from api.sql import rows_of
from events.models import Event
from recommendations.feed.ranking import candidates_for
from recommendations.feed.viewer import NO_FILTERS, Filters, Viewer
from recommendations.hybrid.history import UserHistory, heaviest

if TYPE_CHECKING:
    from recommendations.hybrid.entity_statistics import EntityStatistics

# How many events each source gives, chosen by the recall of the candidates: docs/decisions/0011-the-hybrid.md.
ORGANISERS, PER_ORGANISER, PER_OTHER_ORGANISER = 30, 10, 3
VENUES, PER_VENUE = 20, 5
NEAR, SOON, FRESH = 60, 60, 30
# So many events that pass the filters are all candidates. Sources would look through everything for what they lack.
FEW = 300
_NO_SOURCES: dict[str, Any] = {
    "organisers": [],
    "per_organiser": [],
    "venues": [],
    "latitude": None,
    "soon": 0,
    "fresh": 0,
}
# Statistics of an event come from its newest interactions, peers from the events that the user chose last.
NEWEST_INTERACTIONS, OWN_EVENTS = 200, 50
# The horizon of a feed, which has none.
NO_HORIZON = datetime.max.replace(tzinfo=UTC)
_SQL = (Path(__file__).resolve().parents[1] / "sql" / "candidate_generation.sql").read_text()


class Candidate(NamedTuple):
    """An event with what was known of it at the viewer's moment; the start in seconds since 1970.

    `ahead`: events of its organiser that start before it. `people`: users who interacted with it other than by a
    dismissal, `recent_people` of them in the last week. `peers`: those who also interacted with events that the viewer
    chose. `shared`: events that its applicants have in common with the viewer.
    """

    event_id: int
    organiser_id: int | None
    venue: str
    category: str | None
    tags: list[str]
    latitude: float | None
    longitude: float | None
    start_at: float
    title: str
    ahead: int
    people: int
    recent_people: int
    applicants: int
    dismissals: int
    peers: int
    shared: int
    series: str | None


def generate_candidates(
    viewer: Viewer,
    filters: Filters,
    history: UserHistory,
    statistics: EntityStatistics,
    *,
    horizon: datetime | None = None,
) -> tuple[Candidate, ...]:
    """Return the candidates by event id, from the history, the neighbourhood, the calendar and what is popular.

    If few events pass the filters, these are the candidates. For a moment in the past, `horizon` is the latest start,
    and events that are over by now are candidates, too. One statement; with other filters than type and category two.
    """
    positives = history.positives
    own = dict.fromkeys(heaviest(((item.organiser_id, weight) for item, weight in positives), ORGANISERS))
    similar = statistics.similar_organisers(statistics.user_factors(history))
    others = [each for each in dict.fromkeys((*similar, *statistics.trending_organisers)) if each not in own]
    few = _few(viewer, filters)
    rows = rows_of(
        _SQL,
        {
            "user": viewer.known_user.pk,
            "unmuted": list(viewer.unmuted),
            "now": viewer.now,
            "past": horizon is not None,
            "until": horizon or NO_HORIZON,
            "types": list(Event.Type.values) if filters.type is None else [filters.type],
            "categories": filters.category and list(filters.category),
            "starts_after": filters.starts_after,
            "starts_before": filters.starts_before,
            "free": filters.free,
            "attendance": filters.attendance and list(filters.attendance),
            "circle": filters.near and filters.near.values,
            "popular": list(statistics.popular),
            "organisers": [*own, *others],
            "per_organiser": [PER_ORGANISER] * len(own) + [PER_OTHER_ORGANISER] * len(others),
            "venues": heaviest(((item.venue, weight) for item, weight in positives), VENUES),
            "per_venue": PER_VENUE,
            "latitude": viewer.known_user.latitude,
            "longitude": viewer.known_user.longitude,
            "near": NEAR,
            "soon": SOON,
            "fresh": FRESH,
            "own": list(dict.fromkeys(item.event_id for item, _ in positives))[:OWN_EVENTS],
            "newest": NEWEST_INTERACTIONS,
        }
        | ({} if few is None else _NO_SOURCES | {"popular": few}),
    )
    return tuple(Candidate(*row) for row in rows)


def _few(viewer: Viewer, filters: Filters) -> list[int] | None:
    """Return the events that pass the filters if they are few; None otherwise, or without a filter that few pass."""
    if replace(filters, type=None, category=None) == NO_FILTERS:
        return None
    passing = candidates_for(viewer, filters).order_by("start_at", "id").values_list("pk", flat=True)
    few = list(passing[: FEW + 1])
    return few if len(few) <= FEW else None
