"""This file holds who looks at a feed, and when."""

from dataclasses import dataclass
from datetime import datetime

from users.models import User


@dataclass(frozen=True)
class Viewer:
    """A user at a moment, with the interests that order the feed: later pages keep those of the first."""

    user: User
    now: datetime
    interests: tuple[str, ...]


def viewer_of(user: User, now: datetime) -> Viewer:
    """Return the user as a viewer at a moment, with the interests they have now."""
    return Viewer(user, now, tuple(user.interests))
