"""This file holds all that the signals of a shortlist are computed from: who, what lies ahead, and what is known."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from recommendations.hybrid.knowledge import series_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from recommendations.hybrid.knowledge import Knowledge
    from recommendations.hybrid.past import Past
    from recommendations.hybrid.shortlist import Found

NAN = float("nan")
DAY_SECONDS = 86_400.0


@dataclass(frozen=True)
class Person:
    """What a person has said of themself: interests, and a home in degrees, if they told it."""

    user_id: int
    interests: tuple[str, ...]
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class Scene:
    """A person before a shortlist. `similarities`: cosines of the texts' vectors with the person's, by event id."""

    person: Person
    past: Past
    found: tuple[Found, ...]
    knowledge: Knowledge
    similarities: Mapping[int, float]

    @cached_property
    def rows(self) -> Mapping[str, NDArray[np.int64]]:
        """Where the knowledge has an event, its organiser and so on: int64[found] by kind, -1 for nowhere."""
        import numpy as np

        row = self.knowledge.row
        series = [series_key(event.organiser_id, event.title) for event in self.found]
        return {
            "event": np.array([row("event", event.event_id) for event in self.found], dtype=np.int64),
            "organiser": np.array([row("organiser", event.organiser_id) for event in self.found], dtype=np.int64),
            "series": np.array([row("series", each) for each in series], dtype=np.int64),
            "venue": np.array([row("venue", event.venue) for event in self.found], dtype=np.int64),
            "category": np.array([row("category", event.category) for event in self.found], dtype=np.int64),
        }

    def known(self, kind: str, values: NDArray[np.float32], unknown: float) -> NDArray[np.float64]:
        """Return for each event what the knowledge has of its trait of this kind: float64[found]."""
        import numpy as np

        rows = self.rows[kind]
        found = np.full(len(rows), unknown)
        found[rows >= 0] = values[rows[rows >= 0]]
        return found
