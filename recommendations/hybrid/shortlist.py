"""This file holds the shortlist: the candidates that are worth a closer look, with what is known of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from events.models import Event
from events.sql import rows_of
from recommendations.feed.viewer import Filters
from recommendations.hybrid.past import Past, strongest

# How many rows each source gives. Chosen by the recall of the shortlist: docs/decisions/0011-the-hybrid.md.
ORGANISERS, FOR_ORGANISER = 30, 10
FOR_OTHER_ORGANISER = 3
VENUES, FOR_VENUE = 20, 5
NEAR, SOON, FRESH = 60, 60, 30
# What is known of an event comes from its newest interactions, at most so many; peers from so many own events.
SEEN, OWN = 200, 50
EVER = datetime.max.replace(tzinfo=UTC)
_SQL = (Path(__file__).resolve().parents[1] / "sql" / "shortlist.sql").read_text()


class Found(NamedTuple):
    """A candidate on a shortlist, with what was known of it at the moment; the start in seconds since 1970."""

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
    lately: int
    committed: int
    dismissals: int
    peers: int
    shared: int


@dataclass(frozen=True)
class Moment:
    """Who looks for what, when and from where.

    For moments that are past: `past` lets in what is over by now, `until` says how far ahead the calendar reached.
    """

    user_id: int
    now: datetime
    filters: Filters
    latitude: float | None
    longitude: float | None
    past: bool = False
    until: datetime = EVER


def shortlist_for(
    moment: Moment, past: Past, *, named: tuple[int, ...], organisers: tuple[int, ...]
) -> tuple[Found, ...]:
    """Return the shortlist, by event id: what the person's past, place and the calendar suggest, and those `named`.

    `organisers` are further ones whose next events to look at. One statement.
    """
    own = dict.fromkeys(strongest(((deed.organiser_id, weight) for deed, weight in past.liked), ORGANISERS))
    others = [organiser for organiser in dict.fromkeys(organisers) if organiser not in own]
    rows = rows_of(
        _SQL,
        {
            "user": moment.user_id,
            "now": moment.now,
            "past": moment.past,
            "until": moment.until,
            "types": list(Event.Type.values) if moment.filters.type is None else [moment.filters.type],
            "category": moment.filters.category,
            "named": list(named),
            "organisers": [*own, *others],
            "for_organiser": [FOR_ORGANISER] * len(own) + [FOR_OTHER_ORGANISER] * len(others),
            "venues": strongest(((deed.venue, weight) for deed, weight in past.liked), VENUES),
            "latitude": moment.latitude,
            "longitude": moment.longitude,
            "own": list(dict.fromkeys(deed.event_id for deed, _ in past.liked))[:OWN],
            "for_venue": FOR_VENUE,
            "near": NEAR,
            "soon": SOON,
            "fresh": FRESH,
            "seen": SEEN,
        },
    )
    return tuple(Found(*row) for row in rows)
