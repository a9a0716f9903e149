"""What the features of a user's candidates are computed from."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from api.sql import rows_of
from events.geo import EARTH_RADIUS_KM
from recommendations.embeddings.embedder import NoEmbedder, embedder
from recommendations.feed.viewer import Filters, Viewer
from recommendations.hybrid.candidate_generation import Candidate, generate_candidates
from recommendations.hybrid.entity_statistics import EntityStatistics, Kind, series_key
from recommendations.hybrid.history import DAY_SECONDS, HistoryItem, UserHistory, user_history

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

NAN = float("nan")
# Added to a sum of weights that a share is taken of, so that one interaction isn't the whole history.
_SHARE_PRIOR = 1.0
# Positive interactions whose events' texts and places are compared with the candidates.
_COMPARED_TEXTS, _COMPARED_PLACES = 50, 50
_TEXT_SIMILARITY = (Path(__file__).resolve().parents[1] / "sql" / "text_similarity.sql").read_text()


def context_for(
    viewer: Viewer, filters: Filters, statistics: EntityStatistics, *, horizon: datetime | None = None
) -> FeatureContext:
    """Return the candidates of a viewer, with all that their features are computed from.

    `horizon` is for moments in the past: see generate_candidates().
    """
    history = user_history(viewer.known_user.pk, viewer.now)
    candidates = generate_candidates(viewer, filters, history, statistics, horizon=horizon)
    similarities = text_similarities(history, [candidate.event_id for candidate in candidates])
    return FeatureContext(viewer, history, candidates, statistics, similarities)


class Affinity:
    """A user's history by one attribute of its events, such as the organiser; None and "" aren't counted."""

    def __init__(self, history: UserHistory, keys_of: Callable[[HistoryItem], Sequence[Hashable | None]]) -> None:
        """Sum up a history."""
        self.sums: dict[Hashable, float] = defaultdict(float)
        self.counts: dict[Hashable, int] = defaultdict(int)
        self.newest: dict[Hashable, float] = {}
        self.total = _SHARE_PRIOR + sum(weight for weight in history.weights if weight > 0)
        for item, weight in zip(history.items, history.weights, strict=True):
            for key in keys_of(item):
                if key is None or key == "":
                    continue
                self.sums[key] += weight
                if weight > 0:
                    self.counts[key] += 1
                    self.newest.setdefault(key, item.created_at)

    def sum(self, key: Hashable | None) -> float:
        """Return the sum of the weights; negative if dismissals prevail."""
        return self.sums.get(key, 0.0)

    def count(self, key: Hashable | None) -> float:
        """Return the number of positive interactions."""
        return float(self.counts.get(key, 0))

    def share(self, key: Hashable | None) -> float:
        """Return the share of the history, in (-inf, 1)."""
        return self.sums.get(key, 0.0) / self.total


@dataclass(frozen=True)
class FeatureContext:
    """A viewer, their history and their candidates; cosines of the candidates' texts with the history, by event id."""

    viewer: Viewer
    history: UserHistory
    candidates: tuple[Candidate, ...]
    statistics: EntityStatistics
    similarities: Mapping[int, float]

    @cached_property
    def organisers(self) -> Affinity:
        """The history by organiser."""
        return Affinity(self.history, lambda item: (item.organiser_id,))

    @cached_property
    def venues(self) -> Affinity:
        """The history by venue."""
        return Affinity(self.history, lambda item: (item.venue,))

    @cached_property
    def categories(self) -> Affinity:
        """The history by category."""
        return Affinity(self.history, lambda item: (item.category,))

    @cached_property
    def titles(self) -> Affinity:
        """The history by title."""
        return Affinity(self.history, lambda item: (item.title,))

    @cached_property
    def tag_shares(self) -> list[list[float]]:
        """The shares of each candidate's tags in the history; [0.0] without tags."""
        tags = Affinity(self.history, lambda item: item.tags)
        return [[tags.share(tag) for tag in candidate.tags] or [0.0] for candidate in self.candidates]

    def days_since(self, created_at: float | None) -> float:
        """Return the days since a moment; NaN if there is none."""
        return NAN if created_at is None else (self.history.now - created_at) / DAY_SECONDS

    def seen_ahead(self, candidate: Candidate) -> int:
        """Return how many events of the organiser before this one the user interacted with."""
        starts = self._starts_ahead.get(candidate.organiser_id, {})
        return sum(start_at < candidate.start_at for start_at in starts.values())

    @cached_property
    def _starts_ahead(self) -> Mapping[int | None, Mapping[int, float]]:
        starts: dict[int | None, dict[int, float]] = defaultdict(dict)
        for item in self.history.items:
            if item.start_at > self.history.now:
                starts[item.organiser_id][item.event_id] = item.start_at
        return starts

    def column(self, field: str) -> NDArray[np.float64]:
        """Return a numeric field of the candidates, float64[candidates]; NaN for None."""
        import numpy as np

        values = (getattr(candidate, field) for candidate in self.candidates)
        return np.array([NAN if value is None else value for value in values], dtype=float)

    def log(self, field: str) -> NDArray[np.float64]:
        """Return ln(1 + a numeric field of the candidates)."""
        import numpy as np

        return np.log1p(self.column(field))

    def distances_km(self, latitude: float, longitude: float) -> NDArray[np.float64]:
        """Return the distances of events/geo.py from a point to all candidates at once; NaN without coordinates."""
        import numpy as np

        latitudes, longitudes = self._coordinates
        here, there = math.radians(latitude), np.radians(latitudes)
        across = np.radians(longitudes - longitude) / 2
        half = np.sin((there - here) / 2) ** 2 + math.cos(here) * np.cos(there) * np.sin(across) ** 2
        kilometres: NDArray[np.float64] = 2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(half))
        return kilometres

    @cached_property
    def _coordinates(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return self.column("latitude"), self.column("longitude")

    def distances_from_home_km(self) -> NDArray[np.float64]:
        """Return distances from the user's home; NaN without one."""
        import numpy as np

        user = self.viewer.known_user
        if user.latitude is None or user.longitude is None:
            return np.full(len(self.candidates), NAN)
        return self.distances_km(user.latitude, user.longitude)

    def distances_from_history_km(self) -> NDArray[np.float64]:
        """Return distances from the nearest place of the newest positive interactions; NaN without any."""
        import numpy as np

        places = {
            (item.latitude, item.longitude): None
            for item, _ in self.history.positives
            if item.latitude is not None and item.longitude is not None
        }
        nearest = np.full(len(self.candidates), NAN)
        for latitude, longitude in list(places)[:_COMPARED_PLACES]:
            nearest = np.fmin(nearest, self.distances_km(latitude, longitude))
        return nearest

    def share_starting(
        self, matches: Callable[[NDArray[np.float64], NDArray[np.float64]], NDArray[np.bool_]], prior: float
    ) -> NDArray[np.float64]:
        """Return the share of the history whose start matches a candidate's, smoothed by `prior`; NaN without history.

        `matches` gets the starts of the candidates as a column and those of the history as a row.
        """
        import numpy as np

        positives = self.history.positives
        if not positives:
            return np.full(len(self.candidates), NAN)
        weights = np.array([weight for _, weight in positives], dtype=float)
        starts = np.array([item.start_at for item, _ in positives], dtype=float)
        matching = matches(self.column("start_at")[:, None], starts[None, :])
        share: NDArray[np.float64] = (matching @ weights + prior) / (weights.sum() + 1)
        return share

    def statistic(self, kind: Kind, values: NDArray[np.float32], unknown: float) -> NDArray[np.float64]:
        """Return a statistic of each candidate's entity of a kind, float64[candidates]; `unknown` where it has none."""
        import numpy as np

        rows = self._rows[kind]
        result = np.full(len(rows), unknown)
        result[rows >= 0] = values[rows[rows >= 0]]
        return result

    def log_interactions_per_event(self, kind: Kind) -> NDArray[np.float64]:
        """Return ln(1 + interactions for each event of the entity); NaN where nothing is known."""
        import numpy as np

        events = np.maximum(self.statistic(kind, self.statistics.events, NAN), 1.0)
        return np.log1p(self.statistic(kind, self.statistics.interactions, NAN) / events)

    def log_people(self, kind: Kind) -> NDArray[np.float64]:
        """Return ln(1 + distinct users of the entity)."""
        import numpy as np

        return np.log1p(self.statistic(kind, self.statistics.people, 0.0))

    def log_trend(self, kind: Kind) -> NDArray[np.float64]:
        """Return ln(1 + trend of the entity)."""
        import numpy as np

        return np.log1p(np.maximum(self.statistic(kind, self.statistics.trend, 0.0), 0.0))

    def factor_scores(self, kind: Kind) -> NDArray[np.float64]:
        """Return the products of the user's and the entity's factors; NaN if either has none."""
        import numpy as np

        rows = self._rows[kind]
        scores = np.full(len(rows), NAN)
        if self._user_factors is not None:
            scores[rows >= 0] = self.statistics.factors[rows[rows >= 0]] @ self._user_factors
        return scores

    def neighbour_scores(self) -> list[float]:
        """Return how near each candidate's organiser is to those of the history: weighted mean cosines."""
        scores: dict[str, float] = defaultdict(float)
        total = 1.0
        for item, weight in self.history.positives:
            total += weight
            for organiser_id, cosine in self.statistics.neighbours.get(str(item.organiser_id), ()):
                scores[organiser_id] += weight * cosine
        return [scores.get(str(candidate.organiser_id), 0.0) / total for candidate in self.candidates]

    @cached_property
    def _user_factors(self) -> NDArray[np.float32] | None:
        return self.statistics.user_factors(self.history)

    @cached_property
    def _rows(self) -> Mapping[Kind, NDArray[np.int64]]:
        """The rows of each candidate's entities in the statistics: int64[candidates] by kind, -1 for none."""
        import numpy as np

        keys: dict[Kind, list[object]] = {
            "event": [candidate.event_id for candidate in self.candidates],
            "organiser": [candidate.organiser_id for candidate in self.candidates],
            "series": [series_key(candidate.organiser_id, candidate.title) for candidate in self.candidates],
            "venue": [candidate.venue for candidate in self.candidates],
            "category": [candidate.category for candidate in self.candidates],
        }
        row = self.statistics.row
        return {kind: np.array([row(kind, key) for key in of_kind], dtype=np.int64) for kind, of_kind in keys.items()}


def percentiles(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each value the share of all that are less, equal ones counted half, in (0, 1)."""
    import numpy as np

    ordered = np.sort(values)
    less, not_more = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return (less + not_more) / 2 / len(ordered)


def text_similarities(history: UserHistory, event_ids: Sequence[int]) -> Mapping[int, float]:
    """Return the cosine, in [-1, 1], of each event's vector with the weighted sum of the positive events' vectors.

    Events without a vector are left out; empty without history, vectors, encoder or extension. Two statements.
    """
    weights: dict[int, float] = defaultdict(float)
    for item, weight in history.positives[:_COMPARED_TEXTS]:
        weights[item.event_id] += weight
    try:
        encoder = embedder()
    except NoEmbedder:
        return {}
    # Without the extension, a statement that names its type can't even be planned.
    if not weights or not event_ids or not rows_of("SELECT to_regtype('vector') IS NOT NULL", {})[0][0]:
        return {}
    rows = rows_of(
        _TEXT_SIMILARITY,
        {
            "chosen": list(weights),
            "weights": list(weights.values()),
            "candidates": list(event_ids),
            "model": encoder.name,
            "version": encoder.version,
            "dimensions": encoder.dimensions,
        },
    )
    return {event_id: cosine for event_id, cosine in rows if cosine == cosine}
