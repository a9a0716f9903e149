"""This file holds the cursors of a feed: positions in the ranker's own order, signed. See Note [Cursors]."""

from datetime import datetime

from events.keyset import decode, encode, moment
from recommendations.candidates import Filters
from recommendations.feed import Position, Sight
from recommendations.hybrid.keeping import resumed_listing
from recommendations.rankers import RANKERS
from recommendations.rankers.base import Ranker
from recommendations.viewer import Viewer


def cursor_for(position: Position, viewer: Viewer, asked: Ranker, answering: Ranker, filters: Filters) -> str:
    """Return the cursor of a position.

    It carries the interests, the ranker that answers for the one that was asked for, and the key of its listing, so
    that later pages keep the first one's order.
    """
    began = position.began
    key = viewer.listing.key if viewer.listing else ""
    values = [answering.name, key, position.tier, began.snapshot, began.at, list(viewer.interests), *position.place]
    return encode(values, scope=_scope(viewer, asked, filters))


def resumed(cursor: str, viewer: Viewer, asked: Ranker, filters: Filters) -> tuple[Viewer, Ranker, Position]:
    """Return the viewer and the ranker that a cursor began with, and the position.

    ValidationError if it is foreign; ListingExpired if its order is kept no longer.
    """
    name, key, tier, snapshot, began_at, interests, *place = decode(cursor, scope=_scope(viewer, asked, filters))
    values: tuple[int | datetime, ...] = tuple(moment(value) if isinstance(value, str) else value for value in place)
    position = Position(tier, values, Sight(snapshot, began_at))
    listing = resumed_listing(key) if key else None
    return Viewer(viewer.user, viewer.now, tuple(interests), listing), RANKERS[name], position


def _scope(viewer: Viewer, ranker: Ranker, filters: Filters) -> tuple[object, ...]:
    return ("feed", viewer.user.pk, ranker.name, filters.type, filters.category)
