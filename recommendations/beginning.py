"""This file holds the beginning of a feed: who answers for the ranker that was asked for, and with which listing."""

import logging
from dataclasses import replace

from recommendations.candidates import Filters
from recommendations.rankers.base import Ranker
from recommendations.rankers.heuristic import HEURISTIC
from recommendations.viewer import Viewer

_log = logging.getLogger("marquee.rankers")


def begun(viewer: Viewer, ranker: Ranker, filters: Filters) -> tuple[Viewer, Ranker]:
    """Return the viewer with the listing that the ranker makes for them, and the ranker that answers.

    A ranker that cannot make one, for whatever reason, is stood in for by the heuristic, and the log says why: a feed
    is never refused for want of a model. An outage of the database is met again by the heuristic's own statement.
    """
    if ranker.listing is None:
        return viewer, ranker
    try:
        return replace(viewer, listing=ranker.listing(viewer, filters)), ranker
    except Exception as error:
        _log.warning(
            "%s: the heuristic answers for it: %s: %s", ranker.name, type(error).__name__, error, exc_info=True
        )
        return viewer, HEURISTIC
