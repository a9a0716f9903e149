"""This file holds the signals: what the hybrid weighs of an event for a person, each with a name and a unit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from recommendations.hybrid import collaborative, content, person, place, popularity
from recommendations.hybrid.scene import Scene

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Signal:
    """A number for an event and a person, NaN where nothing is known: what it means, its unit, and its group."""

    name: str
    group: str
    unit: str
    help: str


# In the order of the columns that the groups compute.
SIGNALS: tuple[Signal, ...] = (
    Signal("organiser_affinity", "organiser", "weight", "what the person did with the organiser's events, decayed"),
    Signal("organiser_share", "organiser", "share", "the part of the person's past that is with the organiser"),
    Signal("organiser_deeds", "organiser", "number", "how often they chose the organiser"),
    Signal("organiser_days", "organiser", "days", "since they last chose the organiser"),
    Signal("organiser_ahead", "organiser", "number", "events that the organiser has before this one"),
    Signal("organiser_untaken", "organiser", "number", "the same, without those that the person has touched"),
    Signal("venue_affinity", "venue", "weight", "what the person did at the venue, decayed"),
    Signal("venue_share", "venue", "share", "the part of the person's past that is at the venue"),
    Signal("category_affinity", "category", "weight", "what the person did in the category, decayed"),
    Signal("category_share", "category", "share", "the part of the person's past that is in the category"),
    Signal("interest_match", "interests", "0 or 1", "the category is among the declared interests"),
    Signal("interests", "interests", "number", "how many interests the person declared"),
    Signal("tag_share", "tags", "share", "the mean of the tags' parts of the person's past"),
    Signal("tag_best", "tags", "share", "the greatest of the tags' parts of the person's past"),
    Signal("title_deeds", "title", "number", "how often they chose an event of the same title"),
    Signal("deeds", "person", "number", "how much the person has chosen before"),
    Signal("days_since", "person", "days", "since the person last chose anything"),
    Signal("home_km", "distance", "km", "from the person's home"),
    Signal("usual_km", "distance", "km", "from the nearest place where the person was"),
    Signal("lead_days", "time", "days", "until it starts"),
    Signal("weekday_share", "time", "share", "the part of the person's past that is on its day of the week"),
    Signal("hour_fit", "time", "share", "the part of the person's past that is within two hours of its hour"),
    Signal("hour", "time", "hours", "when it starts, UTC"),
    Signal("people", "popularity", "log", "how many people it interests, 1 + log"),
    Signal("lately", "popularity", "log", "how many of them in the last week, 1 + log"),
    Signal("committed", "popularity", "log", "how many applied, 1 + log"),
    Signal("dismissed_share", "popularity", "share", "dismissals among those who said anything"),
    Signal("organiser_people", "popularity", "log", "people whom the organiser has reached, 1 + log"),
    Signal("organiser_draw", "popularity", "log", "interactions for each event of the organiser, 1 + log"),
    Signal("venue_draw", "popularity", "log", "interactions for each event at the venue, 1 + log"),
    Signal("organiser_trend", "popularity", "log", "what is done with the organiser of late, 1 + log"),
    Signal("venue_trend", "popularity", "log", "what is done at the venue of late, 1 + log"),
    Signal("people_rank", "popularity", "share", "the part of the shortlist that interests fewer people"),
    Signal("organiser_trend_rank", "popularity", "share", "the part of the shortlist with less done of late"),
    Signal("start_rank", "time", "share", "the part of the shortlist that starts sooner"),
    Signal("peers", "peers", "log", "people whom it interests and who chose what the person chose, 1 + log"),
    Signal("peer_share", "peers", "share", "the part of the people whom it interests that are such peers"),
    Signal("shared", "peers", "log", "events that the applicants have in common with the person, 1 + log"),
    Signal("series_people", "series", "log", "people whom events of its title by its organiser reached, 1 + log"),
    Signal("series_draw", "series", "log", "interactions for each event of its title by its organiser, 1 + log"),
    Signal("series_trend", "series", "log", "what is done of late with events of its title by its organiser, 1 + log"),
    Signal("organiser_neighbours", "collaborative", "cosine", "how near the organiser is to those they chose"),
    Signal("factors_event", "collaborative", "score", "of the factorisation, for the event itself"),
    Signal("factors_organiser", "collaborative", "score", "of the factorisation, for the organiser"),
    Signal("factors_venue", "collaborative", "score", "of the factorisation, for the venue"),
    Signal("factors_category", "collaborative", "score", "of the factorisation, for the category"),
    Signal("similarity", "similarity", "cosine", "the nearness of its text to what the person liked"),
)
# Where the columns of each are, by the signal's name.
COLUMN_OF = {signal.name: column for column, signal in enumerate(SIGNALS)}
_GROUPS: tuple[Callable[[Scene], Sequence[Any]], ...] = (
    person.columns,
    place.columns,
    popularity.columns,
    collaborative.columns,
    content.columns,
)


def matrix_of(scene: Scene) -> NDArray[np.float32]:
    """Return the signals of a shortlist: float32[candidates, signals], in the order of SIGNALS, NaN for unknown."""
    import numpy as np

    columns = [np.asarray(column, dtype=np.float32) for group in _GROUPS for column in group(scene)]
    return np.concatenate(columns).reshape(len(SIGNALS), len(scene.found)).T
