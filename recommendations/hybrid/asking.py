"""This file holds the asking of the active run for a listing: the kept one, or a new one."""

from __future__ import annotations

from recommendations.candidates import Filters
from recommendations.hybrid.keeping import keep, kept, key_for
from recommendations.hybrid.listing import places_for
from recommendations.hybrid.model import NoActiveRun, model_of
from recommendations.viewer import Listing, Viewer


def listing_for(viewer: Viewer, filters: Filters) -> Listing:
    """Return the viewer's listing by the active run; NoActiveRun if there is none.

    Raises what the cache raises if it is down: the later pages of a listing that is not kept could not be served.
    """
    key, run_id = key_for("hybrid", viewer, filters)
    if run_id is None:
        raise NoActiveRun
    if (found := kept(key)) is not None:
        return found
    listing = Listing.of(key, places_for(viewer, filters, model_of(run_id)))
    keep(listing, viewer.user)
    return listing
