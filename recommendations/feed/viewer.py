"""Who a feed is for, and what they ask to see."""

from dataclasses import dataclass
from datetime import datetime

from users.models import User


@dataclass(frozen=True)
class Viewer:
    """A user at a moment. Later pages of a feed keep the interests of its first page."""

    user: User
    now: datetime
    interests: tuple[str, ...]


@dataclass(frozen=True)
class Filters:
    """What the viewer wants to see only; None means any."""

    type: str | None = None
    category: str | None = None


NO_FILTERS = Filters()


def viewer_of(user: User, now: datetime) -> Viewer:
    """Return the user as a viewer at a moment, with their present interests."""
    return Viewer(user, now, tuple(user.interests))
