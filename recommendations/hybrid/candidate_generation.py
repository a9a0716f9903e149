"""Candidate generation: the few hundred events of a user's catalogue that are worth scoring."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from api.sql import rows_of
from events.models import Event
from recommendations.feed.viewer import Filters, Viewer
from recommendations.hybrid.history import UserHistory, heaviest

if TYPE_CHECKING:
    from recommendations.hybrid.entity_statistics import EntityStatistics

# How many events each source gives, chosen by the recall of the candidates: docs/decisions/0011-the-hybrid.md.
ORGANISERS, PER_ORGANISER, PER_OTHER_ORGANISER = 30, 10, 3
VENUES, PER_VENUE = 20, 5
NEAR, SOON, FRESH = 60, 60, 30
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

    For a moment in the past, `horizon` is the latest start, and events that are over by now are candidates, too.
    One statement.
    """
    positives = history.positives
    own = dict.fromkeys(heaviest(((item.organiser_id, weight) for item, weight in positives), ORGANISERS))
    similar = statistics.similar_organisers(statistics.user_factors(history))
    others = [each for each in dict.fromkeys((*similar, *statistics.trending_organisers)) if each not in own]
    rows = rows_of(
        _SQL,
        {
            "user": viewer.known_user.pk,
            "now": viewer.now,
            "past": horizon is not None,
            "until": horizon or NO_HORIZON,
            "types": list(Event.Type.values) if filters.type is None else [filters.type],
            "categories": None if filters.category is None else list(filters.category),
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
        },
    )
    return tuple(Candidate(*row) for row in rows)
