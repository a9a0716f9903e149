"""This file holds the beginning of a feed: who answers for the ranker that was asked for, and with which listing."""

import logging
from dataclasses import replace

from recommendations.candidates import Filters
from recommendations.rankers.base import Ranker
from recommendations.rankers.heuristic import HEURISTIC
from recommendations.rankers.popular import POPULAR
from recommendations.viewer import Viewer

_log = logging.getLogger("marquee.rankers")


def is_personal(viewer: Viewer, asked: Ranker, answering: Ranker) -> bool:
    """Return whether personal ranking was on when a feed began, that one ranker answers for the one asked for.

    Later pages go on in the order of the first: whoever turns it off or on meanwhile sees that when they begin anew.
    """
    return answering.personal if asked.personal else viewer.user.personal_ranking


def begun(viewer: Viewer, ranker: Ranker, filters: Filters) -> tuple[Viewer, Ranker]:
    """Return the viewer with the listing that the ranker makes for them, and the ranker that answers.

    For who has turned personal ranking off, `popular` answers instead of a personal one. A ranker that cannot make a
    listing, for whatever reason, is stood in for by the heuristic, and the log says why: a feed is never refused for
    want of a model. An outage of the database is met again by the heuristic's own statement.
    """
    if ranker.personal and not viewer.user.personal_ranking:
        return viewer, POPULAR
    if ranker.listing is None:
        return viewer, ranker
    try:
        return replace(viewer, listing=ranker.listing(viewer, filters)), ranker
    except Exception as error:
        _log.warning(
            "%s: the heuristic answers for it: %s: %s", ranker.name, type(error).__name__, error, exc_info=True
        )
        return viewer, HEURISTIC
