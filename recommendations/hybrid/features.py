"""The features of the re-ranker: what each is, how it's computed and what a reason says about it.

A feature is a number for a viewer and an event. To add one, add it to FEATURES and train again: `manage.py train`. The
table in docs/features.md repeats FEATURES: test_features_document.py prints the rows that differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from events.models import Event
from recommendations.feed.ranked_list import Attribution
from recommendations.hybrid.feature_context import FeatureContext, percentiles
from recommendations.hybrid.history import DAY_SECONDS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

# Added to a number of people that a share is taken of (additive smoothing).
_PEOPLE_PRIOR = 2.0
_NEAR_HOURS = 2.0
# Half the circumference of the earth.
_FARTHEST_KM = 20_016

Range = tuple[float, float]
ANY: Range = (-math.inf, math.inf)
NOT_NEGATIVE: Range = (0, math.inf)
BELOW_1: Range = (-math.inf, 1)
FROM_0_TO_1: Range = (0, 1)
# As many as a history has items.
HISTORY_COUNT: Range = (0, 500)
# Values, ends excluded, that say something to a person.
POSITIVE: Range = (0, math.inf)
UPPER_HALF: Range = (0.5, math.inf)
NEARBY_KM: Range = (-math.inf, 10)
# As ln(1 + number): more than three.
MANY: Range = (math.log(4), math.inf)
# Texts about something else have smaller cosines.
SIMILAR: Range = (0.3, math.inf)


@dataclass(frozen=True)
class Feature:
    """A number for a viewer and an event; NaN where nothing is known.

    `group`: features that say much the same; a reason names one of a group, and an ablation leaves out all of it.
    `range`: the least and the greatest value. `compute`: values of the candidates, in their order. `text`: a sentence
    for the viewer about a value; None for a feature that explains nothing to people. `explained`: the values, ends
    excluded, that the sentence is true of; no reason names others. `descending`: ranked by this feature alone, smaller
    values come first.
    """

    name: str
    group: str
    unit: str
    range: Range
    help: str
    compute: Callable[[FeatureContext], ArrayLike]
    text: Callable[[Event, float], str] | None
    explained: Range = POSITIVE
    descending: bool = False

    def explains(self, value: float) -> bool:
        """Return whether a reason may name this value; not if it's unknown."""
        return self.text is not None and self.explained[0] < value < self.explained[1]


def feature_matrix(context: FeatureContext) -> NDArray[np.float32]:
    """Return the features of the candidates: float32[candidates, features], in the order of FEATURES."""
    import numpy as np

    columns = [np.asarray(feature.compute(context), dtype=np.float32) for feature in FEATURES]
    return np.concatenate(columns).reshape(len(FEATURES), len(context.candidates)).T


def text_of(event: Event, attribution: Attribution) -> str | None:
    """Return what a feature's value says about an event, as a sentence; None if there's nothing to say."""
    column = COLUMN_OF.get(attribution.feature)
    if column is None or (text := FEATURES[column].text) is None or not FEATURES[column].explains(attribution.value):
        return None
    return text(event, attribution.value)


def _times(number: float) -> str:
    times = round(number)
    return {1: "once", 2: "twice"}.get(times, f"{times:,} times")


def _days_ago(days: float) -> str:
    number = round(days)
    return "today" if number < 1 else "yesterday" if number == 1 else f"{number:,} days ago"


def _people(log: float) -> str:
    people = max(round(math.expm1(log)), 1)
    return "1 person" if people == 1 else f"{people:,} people"


def _organiser(event: Event) -> str:
    return event.organiser.name if event.organiser else "its organiser"


def _place(event: Event) -> str:
    return event.location_name or "this place"


def _organiser_text(event: Event, value: float) -> str:
    return f"You chose {_organiser(event)} before"


def _next_text(event: Event, value: float) -> str:
    return f"The next by {_organiser(event)}"


def _venue_text(event: Event, value: float) -> str:
    return f"You were at {_place(event)} before"


def _category_text(event: Event, value: float) -> str:
    return f"{event.category_name or 'Things like it'} is a part of what you choose"


def _tags_text(event: Event, value: float) -> str:
    return "Its tags are those of what you chose"


def _hour(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    return (seconds % DAY_SECONDS) / 3600


def _same_weekday(starts: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    same: NDArray[np.bool_] = (starts // DAY_SECONDS) % 7 == (others // DAY_SECONDS) % 7
    return same


def _similar_hour(starts: NDArray[np.float64], others: NDArray[np.float64]) -> NDArray[np.bool_]:
    import numpy as np

    apart = np.abs(_hour(starts) - _hour(others))
    similar: NDArray[np.bool_] = np.minimum(apart, 24 - apart) <= _NEAR_HOURS
    return similar


def _dismissed_share(context: FeatureContext) -> NDArray[np.float64]:
    people, dismissals = context.column("people"), context.column("dismissals")
    return dismissals / (people + dismissals + _PEOPLE_PRIOR)


# Formatted as a table: name, group, unit, range and help; how it's computed; what a reason says.
# fmt: off
FEATURES: tuple[Feature, ...] = (
    Feature("organiser_affinity", "organiser", "weight", ANY, "decayed weights of interactions with the organiser",
        lambda context: [context.organisers.sum(each.organiser_id) for each in context.candidates],
        _organiser_text),
    Feature("organiser_share", "organiser", "share", BELOW_1, "share of the history that is with the organiser",
        lambda context: [context.organisers.share(each.organiser_id) for each in context.candidates],
        _organiser_text),
    Feature("organiser_deeds", "organiser", "number", HISTORY_COUNT, "positive interactions with the organiser",
        lambda context: [context.organisers.count(each.organiser_id) for each in context.candidates],
        lambda event, value: f"You chose {_organiser(event)} {_times(value)}"),
    Feature("organiser_days", "organiser", "days", NOT_NEGATIVE, "since the last positive interaction with it",
        lambda context: [
            context.days_since(context.organisers.newest.get(each.organiser_id)) for each in context.candidates
        ],
        lambda event, value: f"You chose {_organiser(event)} {_days_ago(value)}",
        descending=True),
    Feature("organiser_ahead", "organiser", "number", (0, 50), "events of the organiser that start before this one",
        lambda context: context.column("ahead"),
        _next_text,
        explained=BELOW_1,
        descending=True),
    Feature("organiser_untaken", "organiser", "number", ANY, "the same, without those that the user interacted with",
        lambda context: [float(each.ahead - context.seen_ahead(each)) for each in context.candidates],
        _next_text,
        explained=BELOW_1,
        descending=True),
    Feature("venue_affinity", "venue", "weight", ANY, "decayed weights of interactions at the venue",
        lambda context: [context.venues.sum(each.venue) for each in context.candidates],
        _venue_text),
    Feature("venue_share", "venue", "share", BELOW_1, "share of the history that is at the venue",
        lambda context: [context.venues.share(each.venue) for each in context.candidates],
        _venue_text),
    Feature("category_affinity", "category", "weight", ANY, "decayed weights of interactions in the category",
        lambda context: [context.categories.sum(each.category) for each in context.candidates],
        _category_text),
    Feature("category_share", "category", "share", BELOW_1, "share of the history that is in the category",
        lambda context: [context.categories.share(each.category) for each in context.candidates],
        _category_text),
    Feature("interest_match", "interests", "0 or 1", FROM_0_TO_1, "the category is one of the declared interests",
        lambda context: [float(each.category in context.viewer.interests) for each in context.candidates],
        lambda event, value: f"{event.category_name} is one of your interests"),
    Feature("interests", "interests", "number", NOT_NEGATIVE, "declared interests",
        lambda context: [float(len(context.viewer.interests))] * len(context.candidates),
        None),
    Feature("tag_share", "tags", "share", BELOW_1, "mean of the tags' shares of the history",
        lambda context: [sum(shares) / len(shares) for shares in context.tag_shares],
        _tags_text),
    Feature("tag_best", "tags", "share", BELOW_1, "greatest of the tags' shares of the history",
        lambda context: [max(shares) for shares in context.tag_shares],
        _tags_text),
    Feature("title_deeds", "title", "number", HISTORY_COUNT, "positive interactions with events of the same title",
        lambda context: [context.titles.count(each.title) for each in context.candidates],
        lambda event, value: f"You chose {event.title} {_times(value)}"),
    Feature("deeds", "person", "number", HISTORY_COUNT, "positive interactions of the user",
        lambda context: [float(len(context.history.positives))] * len(context.candidates),
        None),
    Feature("days_since", "person", "days", NOT_NEGATIVE, "since the user's last positive interaction",
        lambda context: [context.days_since(context.history.last_positive_at)] * len(context.candidates),
        None,
        descending=True),
    Feature("home_km", "distance", "km", (0, _FARTHEST_KM), "from the user's home",
        lambda context: context.distances_from_home_km(),
        lambda event, value: (
            f"{value:,.0f} km from your home" if value >= 1 else "Less than a kilometre from your home"
        ),
        explained=NEARBY_KM,
        descending=True),
    Feature("usual_km", "distance", "km", (0, _FARTHEST_KM), "from the nearest place of a positive interaction",
        lambda context: context.distances_from_history_km(),
        lambda event, value: f"{value:,.0f} km from where you go" if value >= 1 else "Where you go anyway",
        explained=NEARBY_KM,
        descending=True),
    Feature("lead_days", "time", "days", NOT_NEGATIVE, "until it starts",
        lambda context: (context.column("start_at") - context.history.now) / DAY_SECONDS,
        lambda event, value: f"Starts in {value:,.0f} days" if value >= 2 else "Starts very soon",
        explained=(0, 8),
        descending=True),
    Feature("weekday_share", "time", "share", FROM_0_TO_1, "share of the history on the same day of the week",
        lambda context: context.share_starting(_same_weekday, prior=1 / 7),
        lambda event, value: "On a day of the week when you go out",
        explained=(1 / 7, math.inf)),
    Feature("hour_fit", "time", "share", FROM_0_TO_1, "share of the history within two hours of the time of day",
        lambda context: context.share_starting(_similar_hour, prior=1 / 6),
        lambda event, value: "At an hour when you go out",
        explained=(1 / 6, math.inf)),
    Feature("hour", "time", "hours", (0, 24), "time of day when it starts, UTC",
        lambda context: _hour(context.column("start_at")),
        None),
    Feature("people", "popularity", "log", NOT_NEGATIVE, "users who interacted with it, other than by a dismissal",
        lambda context: context.log("people"),
        lambda event, value: f"Of interest to {_people(value)}"),
    Feature("lately", "popularity", "log", NOT_NEGATIVE, "those of them who did so in the last week",
        lambda context: context.log("recent_people"),
        lambda event, value: f"Of interest to {_people(value)} this week"),
    Feature("committed", "popularity", "log", NOT_NEGATIVE, "users who applied",
        lambda context: context.log("applicants"),
        lambda event, value: f"{_people(value)} applied"),
    Feature("dismissed_share", "popularity", "share", FROM_0_TO_1, "share of dismissals among the users who interacted",
        _dismissed_share,
        None,
        descending=True),
    Feature("organiser_people", "popularity", "log", NOT_NEGATIVE, "users who interacted with the organiser's events",
        lambda context: context.log_people("organiser"),
        lambda event, value: f"{_organiser(event)} has reached {_people(value)}"),
    Feature("organiser_draw", "popularity", "log", NOT_NEGATIVE, "interactions for each event of the organiser",
        lambda context: context.log_interactions_per_event("organiser"),
        lambda event, value: f"What {_organiser(event)} puts on is well attended",
        explained=MANY),
    Feature("venue_draw", "popularity", "log", NOT_NEGATIVE, "interactions for each event at the venue",
        lambda context: context.log_interactions_per_event("venue"),
        lambda event, value: f"What is on at {_place(event)} is well attended",
        explained=MANY),
    Feature("organiser_trend", "popularity", "log", NOT_NEGATIVE, "recent interactions with the organiser's events",
        lambda context: context.log_trend("organiser"),
        lambda event, value: f"Much is going on at {_organiser(event)}",
        explained=MANY),
    Feature("venue_trend", "popularity", "log", NOT_NEGATIVE, "recent interactions with events at the venue",
        lambda context: context.log_trend("venue"),
        lambda event, value: f"Much is going on at {_place(event)}",
        explained=MANY),
    Feature("people_rank", "popularity", "share", FROM_0_TO_1, "share of the candidates that interest fewer people",
        lambda context: percentiles(context.column("people")),
        lambda event, value: "More people are interested than in most",
        explained=UPPER_HALF),
    Feature("organiser_trend_rank", "popularity", "share", FROM_0_TO_1, "share of the candidates with a smaller trend",
        lambda context: percentiles(context.log_trend("organiser")),
        lambda event, value: f"{_organiser(event)} is on the rise",
        explained=UPPER_HALF),
    Feature("start_rank", "time", "share", FROM_0_TO_1, "share of the candidates that start sooner",
        lambda context: percentiles(context.column("start_at")),
        lambda event, value: "Starts sooner than most",
        explained=(-math.inf, 0.5),
        descending=True),
    Feature("peers", "peers", "log", NOT_NEGATIVE, "users who interacted with it and with events that the user chose",
        lambda context: context.log("peers"),
        lambda event, value: f"Liked by {_people(value)} who chose what you chose"),
    Feature("peer_share", "peers", "share", FROM_0_TO_1, "share of such peers among the users who interacted with it",
        lambda context: context.column("peers") / (context.column("people") + _PEOPLE_PRIOR),
        lambda event, value: "Liked by people who chose what you chose"),
    Feature("shared", "peers", "log", NOT_NEGATIVE, "events that its applicants have in common with the user",
        lambda context: context.log("shared"),
        lambda event, value: "Whoever applied chose much of what you chose"),
    Feature("series_people", "series", "log", NOT_NEGATIVE, "users of events of its series: its organiser and title",
        lambda context: context.log_people("series"),
        lambda event, value: f"{_people(value)} chose {event.title} before"),
    Feature("series_draw", "series", "log", NOT_NEGATIVE, "interactions for each event of its series",
        lambda context: context.log_interactions_per_event("series"),
        lambda event, value: f"{event.title} is well attended",
        explained=MANY),
    Feature("series_trend", "series", "log", NOT_NEGATIVE, "recent interactions with events of its series",
        lambda context: context.log_trend("series"),
        lambda event, value: f"Many chose {event.title} of late",
        explained=MANY),
    Feature("organiser_neighbours", "collaborative", "cosine", FROM_0_TO_1, "of the organiser with those chosen",
        lambda context: context.neighbour_scores(),
        lambda event, value: f"People who choose your organisers choose {_organiser(event)}"),
    Feature("factors_event", "collaborative", "score", ANY, "of the factorisation, for the event",
        lambda context: context.factor_scores("event"),
        lambda event, value: "People of your taste choose it"),
    Feature("factors_organiser", "collaborative", "score", ANY, "of the factorisation, for the organiser",
        lambda context: context.factor_scores("organiser"),
        lambda event, value: f"People of your taste choose {_organiser(event)}"),
    Feature("factors_venue", "collaborative", "score", ANY, "of the factorisation, for the venue",
        lambda context: context.factor_scores("venue"),
        lambda event, value: "People of your taste go there"),
    Feature("factors_category", "collaborative", "score", ANY, "of the factorisation, for the category",
        lambda context: context.factor_scores("category"),
        lambda event, value: "People of your taste choose such things"),
    Feature("similarity", "similarity", "cosine", (-1, 1), "of its text with the texts of what the user chose",
        lambda context: [context.similarities.get(each.event_id, math.nan) for each in context.candidates],
        lambda event, value: "It reads like what you chose",
        explained=SIMILAR),
)
# fmt: on
# The column of each feature in feature_matrix(), by name.
COLUMN_OF = {feature.name: column for column, feature in enumerate(FEATURES)}
