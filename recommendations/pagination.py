"""This file holds the cursors of a feed: positions in the ranker's own order, signed. See Note [Cursors]."""

from datetime import datetime

from events.keyset import decode, encode, moment
from recommendations.candidates import Filters
from recommendations.feed import Position, Sight
from recommendations.rankers.base import Ranker
from recommendations.viewer import Viewer


def cursor_for(position: Position, viewer: Viewer, ranker: Ranker, filters: Filters) -> str:
    """Return the cursor of a position; it carries the interests, so that later pages keep the first one's order."""
    began = position.began
    values = [position.tier, began.snapshot, began.at, list(viewer.interests), *position.place]
    return encode(values, scope=_scope(viewer, ranker, filters))


def resumed(cursor: str, viewer: Viewer, ranker: Ranker, filters: Filters) -> tuple[Viewer, Position]:
    """Return the viewer with the interests that the cursor began with, and the position; ValidationError if foreign."""
    tier, snapshot, began_at, interests, *place = decode(cursor, scope=_scope(viewer, ranker, filters))
    values: tuple[int | datetime, ...] = tuple(moment(value) if isinstance(value, str) else value for value in place)
    began = Sight(snapshot, began_at)
    return Viewer(viewer.user, viewer.now, tuple(interests)), Position(tier, values, began)


def _scope(viewer: Viewer, ranker: Ranker, filters: Filters) -> tuple[object, ...]:
    return ("feed", viewer.user.pk, ranker.name, filters.type, filters.category)
