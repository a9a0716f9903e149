"""This file holds the keeping of listings: under a key made of all that they depend on, for the time of some pages."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from django.conf import settings
from django.core.cache import cache

from events.prepared import rows_of
from recommendations.candidates import Filters
from recommendations.hybrid.past import LONGEST
from recommendations.viewer import Listing, Viewer

# Counted up when listings are kept in another form: those of the former one are then not found.
_FORMAT = 2
_STANDING = (Path(__file__).resolve().parents[1] / "sql" / "standing.sql").read_text()


class ListingExpired(Exception):
    """The listing of this cursor is kept no longer. Start again without a cursor."""


def key_for(ranker: str, viewer: Viewer, filters: Filters) -> tuple[str, int | None]:
    """Return the key of a viewer's listing, and the active run, None if there is none. One statement.

    A new interaction, interest, home, run or the end of the time that a listing is kept makes another key: nothing is
    ever deleted from the cache, and nobody has to be told of a change.
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


def kept(key: str) -> Listing | None:
    """Return the listing under a key; None if it is not there."""
    columns = cache.get(key, version=_FORMAT)
    if columns is None:
        return None
    event_ids, scores, parts = columns
    return Listing(key, event_ids, scores, parts, kept=True)


def keep(listing: Listing) -> None:
    """Keep a listing for twice the time that it is given to new readers, so that those who began late can go on."""
    # Plain tuples: a class of ours would be read back slower, and not at all once it is called something else.
    parts = tuple(tuple(tuple(part) for part in parts) for parts in listing.parts)
    columns = (listing.event_ids, listing.scores, parts)
    cache.set(listing.key, columns, timeout=2 * settings.LISTING_SECONDS, version=_FORMAT)


def resumed_listing(key: str) -> Listing:
    """Return the listing that a cursor began with; ListingExpired if it is not there any more."""
    listing = kept(key)
    if listing is None:
        raise ListingExpired
    return listing
