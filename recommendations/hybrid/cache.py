"""The cache of ranked lists: each under a key made of everything it depends on, for the time it takes to page."""

from __future__ import annotations

import hashlib
import json
import logging
from pathlib import Path

from django.conf import settings
from django.core.cache import cache
from django.db import InterfaceError, InternalError, OperationalError, transaction

from api.databases import read_alias
from api.keyset import CursorExpired
from api.sql import rows_of
from recommendations.feed.ranked_list import RankedList
from recommendations.feed.viewer import Filters, Viewer
from recommendations.hybrid.history import MAX_ITEMS
from users.models import User

# Counted up when lists are stored in another form: those of the former one are then not found.
_FORMAT = 2
# Lists of one user in the cache. Whoever goes on paging has made fewer since, even with several pages open.
PER_USER = 8
_VERSION = (Path(__file__).resolve().parents[1] / "sql" / "ranked_list_version.sql").read_text()
_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended('marquee listings', %(user)s))"

_log = logging.getLogger("marquee.rankers")


def key_for(ranker: str, viewer: Viewer, filters: Filters) -> tuple[str, int | None]:
    """Return the key of a viewer's ranked list, and the active training run, None if there is none. One statement.

    A new interaction, mute, interest, home or training run makes another key, and so does the end of LISTING_SECONDS:
    nothing has to be invalidated.
    """
    user = viewer.known_user
    run_id, *version = rows_of(_VERSION, {"user": user.pk, "rows": MAX_ITEMS})[0]
    parts = [
        ranker,
        user.pk,
        run_id,
        *version,
        viewer.unmuted,
        sorted(viewer.interests),
        user.latitude,
        user.longitude,
        *filters.key,
        int(viewer.now.timestamp() // max(settings.LISTING_SECONDS, 1)),
    ]
    return f"listing:{hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:40]}", run_id


def cached_list(key: str) -> RankedList | None:
    """Return the ranked list under a key; None if it isn't cached."""
    columns = cache.get(key, version=_FORMAT)
    if columns is None:
        return None
    event_ids, scores, attributions = columns
    return RankedList(key, event_ids, scores, attributions, from_cache=True)


def cache_list(ranked_list: RankedList, user: User) -> None:
    """Store a ranked list for twice LISTING_SECONDS, so that pages begun late can be finished.

    A user has at most PER_USER lists, and the oldest is deleted, so that nobody can fill the cache and evict the lists
    of others. Raises the cache's error if it is down; then nothing is stored.
    """
    # Plain tuples: instances of a class would be read more slowly, and not at all once the class is renamed.
    attributions = tuple(tuple(tuple(each) for each in of_event) for of_event in ranked_list.attributions)
    columns = (ranked_list.event_ids, ranked_list.scores, attributions)
    index, timeout = f"listings:{user.pk}", 2 * settings.LISTING_SECONDS
    with transaction.atomic(using=read_alias()):
        # One at a time, or one of two concurrent requests would forget the other's list, and never delete it.
        rows_of(_LOCK, {"user": user.pk})
        keys = [key for key in cache.get(index, (), version=_FORMAT) if key != ranked_list.key] + [ranked_list.key]
        cache.delete_many(keys[:-PER_USER], version=_FORMAT)
        cache.set(index, tuple(keys[-PER_USER:]), timeout=timeout, version=_FORMAT)
        cache.set(ranked_list.key, columns, timeout=timeout, version=_FORMAT)


def list_from_cache(key: str) -> RankedList:
    """Return the ranked list that a cursor began with; CursorExpired if it's gone or can't be read.

    Database errors pass while the database is down: the cursor may be good again afterwards.
    """
    try:
        ranked_list = cached_list(key)
    except (OperationalError, InterfaceError, InternalError):
        raise
    except Exception as error:  # Each cache has errors of its own.
        _log.warning("The cache of ranked lists does not answer: %s: %s", type(error).__name__, error)
        raise CursorExpired from error
    if ranked_list is None:
        raise CursorExpired
    return ranked_list
