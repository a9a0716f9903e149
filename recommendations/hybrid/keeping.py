"""This file holds the keeping of listings: under a key made of all that they depend on, for the time of some pages."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, InternalError, OperationalError, connection, transaction

from events.keyset import CursorExpired
from events.sql import rows_of
from recommendations.feed.ranked_list import RankedList
from recommendations.feed.viewer import Filters, Viewer
from recommendations.hybrid.past import LONGEST
from users.models import User

# Counted up when listings are kept in another form: those of the former one are then not found.
_FORMAT = 2
# Lists of one user in the cache. Whoever goes on reading has made fewer since, even with several pages open.
PER_USER = 8
_SQL = Path(__file__).resolve().parents[1] / "sql"
_STANDING, _TURN = ((_SQL / f"{name}.sql").read_text() for name in ("standing", "listings_turn"))

_log = logging.getLogger("marquee.rankers")


def key_for(ranker: str, viewer: Viewer, filters: Filters) -> tuple[str, int | None]:
    """Return the key of a viewer's listing, and the active run, None if there is none. One statement.

    A new interaction, interest, home, run or the end of the time that a listing is kept makes another key, so that
    nobody has to be told of a change.
    """
    run_id, newest_id, number = rows_of(_STANDING, {"user": viewer.user.pk, "rows": LONGEST})[0]
    user = viewer.user
    parts = [
        ranker,
        user.pk,
        run_id,
        newest_id,
        number,
        sorted(viewer.interests),
        user.latitude,
        user.longitude,
        filters.type,
        filters.category,
        int(viewer.now.timestamp() // max(settings.LISTING_SECONDS, 1)),
    ]
    return f"listing:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}", run_id


def kept(key: str) -> RankedList | None:
    """Return the listing under a key; None if it is not there."""
    columns = cache.get(key, version=_FORMAT)
    if columns is None:
        return None
    event_ids, scores, parts = columns
    return RankedList(key, event_ids, scores, parts, from_cache=True)


def keep(listing: RankedList, user: User) -> None:
    """Keep a listing for twice the time that it is given to new readers, so that those who began late can go on.

    A user has PER_USER listings at most, and the oldest goes, so that nobody can fill the cache and push out what
    others read. Raises what the cache raises if it is down; then nothing is kept.
    """
    # Plain tuples: a class of ours would be read back slower, and not at all once it is called something else.
    parts = tuple(tuple(tuple(part) for part in parts) for parts in listing.attributions)
    columns = (listing.event_ids, listing.scores, parts)
    own, timeout = f"listings:{user.pk}", 2 * settings.LISTING_SECONDS
    with transaction.atomic():
        # In turn, or of two requests at once one would forget the other's listing, and never delete it.
        with connection.cursor() as cursor:
            cursor.execute(_TURN, {"user": user.pk})
        keys = [key for key in cache.get(own, (), version=_FORMAT) if key != listing.key] + [listing.key]
        cache.delete_many(keys[:-PER_USER], version=_FORMAT)
        cache.set(own, tuple(keys[-PER_USER:]), timeout=timeout, version=_FORMAT)
        cache.set(listing.key, columns, timeout=timeout, version=_FORMAT)


def list_from_cache(key: str) -> RankedList:
    """Return the listing that a cursor began with; CursorExpired if it is not there any more, or cannot be read.

    While the database is down, its error passes: the cursor may be good again afterwards.
    """
    try:
        listing = kept(key)
    except (OperationalError, InterfaceError, InternalError):
        raise
    except Exception as error:  # Each cache has errors of its own.
        _log.warning("The cache of listings does not answer: %s: %s", type(error).__name__, error)
        raise CursorExpired from error
    if listing is None:
        raise CursorExpired
    return listing
