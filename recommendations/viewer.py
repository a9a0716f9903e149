"""This file holds who looks at a feed, and when."""

from dataclasses import dataclass
from datetime import datetime

from users.models import User


@dataclass(frozen=True)
class Part:
    """What one signal gave to a score: its value, NaN never, and its contribution in the score's unit."""

    signal: str
    value: float
    contribution: float


@dataclass(frozen=True)
class Place:
    """An event's place in a listing: the score that it stands there for, and the parts that gave most of it."""

    event_id: int
    score: float
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Listing:
    """The head of a feed that was put in order for one person: events, best first, under a key for its later pages.

    `kept`: it had been made before, for an earlier request.
    """

    key: str
    places: tuple[Place, ...]
    kept: bool = False


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
