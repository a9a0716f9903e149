"""This file holds who looks at a feed, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Self

from users.models import User


class Part(NamedTuple):
    """What one signal gave to a score: its value, NaN never, and its contribution in the score's unit."""

    signal: str
    value: float
    contribution: float


class Place(NamedTuple):
    """An event's place in a listing: the score that it stands there for, and the parts that gave most of it."""

    event_id: int
    score: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Listing:
    """The head of a feed that was put in order for one person: events, best first, under a key for its later pages.

    In columns, as it is kept: hundreds of places are read again for each page, which shows a few. scores: one for each
    event; parts: of the first ones only. `kept`: it had been made before, for an earlier request.
    """

    key: str
    event_ids: tuple[int, ...]
    scores: tuple[float, ...]
    parts: tuple[tuple[tuple[str, float, float], ...], ...]
    kept: bool = False

    @classmethod
    def of(cls, key: str, places: Sequence[Place]) -> Self:
        """Return the listing of these places."""
        told = max((number for number, place in enumerate(places, 1) if place.parts), default=0)
        return cls(
            key,
            tuple(place.event_id for place in places),
            tuple(place.score for place in places),
            tuple(place.parts for place in places[:told]),
        )

    def place(self, at: int) -> Place:
        """Return a place, counted from 0."""
        parts = self.parts[at] if at < len(self.parts) else ()
        return Place(self.event_ids[at], self.scores[at], tuple(map(Part._make, parts)))


@dataclass(frozen=True)
class Viewer:
    """A user at a moment, with what orders the feed: later pages keep the interests and the listing of the first."""

    user: User
    now: datetime
    interests: tuple[str, ...]
    listing: Listing | None = None


def viewer_of(user: User, now: datetime) -> Viewer:
    """Return the user as a viewer at a moment, with the interests they have now."""
    return Viewer(user, now, tuple(user.interests))
