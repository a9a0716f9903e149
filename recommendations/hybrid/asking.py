"""This file holds the asking of the active run for a listing: the kept one, or a new one."""

from __future__ import annotations

from recommendations.feed.ranked_list import RankedList
from recommendations.feed.viewer import Filters, Viewer
from recommendations.hybrid.keeping import keep, kept, key_for
from recommendations.hybrid.listing import places_for
from recommendations.hybrid.model import NoActiveRun, model_of


def list_for(viewer: Viewer, filters: Filters) -> RankedList:
    """Return the viewer's listing by the active run; NoActiveRun if there is none.

    Raises what the cache raises if it is down: the later pages of a listing that is not kept could not be served.
    """
    key, run_id = key_for("hybrid", viewer, filters)
    if run_id is None:
        raise NoActiveRun
    if (found := kept(key)) is not None:
        return found
    listing = RankedList.of(key, places_for(viewer, filters, model_of(run_id)))
    keep(listing, viewer.user)
    return listing
