"""This file holds the asking of the active run for a listing: the kept one, or a new one."""

from __future__ import annotations

import logging

from recommendations.candidates import Filters
from recommendations.hybrid.keeping import keep, kept, key_for
from recommendations.hybrid.listing import places_for
from recommendations.hybrid.model import NoActiveRun, model_of
from recommendations.viewer import Listing, Viewer

_log = logging.getLogger("marquee.rankers")


def listing_for(viewer: Viewer, filters: Filters) -> Listing:
    """Return the viewer's listing by the active run; NoActiveRun if there is none.

    A cache that is away makes it slower and nothing else.
    """
    key, run_id = key_for("hybrid", viewer, filters)
    if run_id is None:
        raise NoActiveRun
    try:
        found = kept(key)
    except Exception as error:  # A cache has errors of its own, which are no reason to be without a feed.
        _log.warning("The cache of listings does not answer: %s", error)
        found = None
    if found is not None:
        return found
    listing = Listing.of(key, places_for(viewer, filters, model_of(run_id)))
    try:
        keep(listing)
    except Exception as error:
        _log.warning("The cache of listings takes nothing: %s", error)
    return listing
