"""This file holds the answer to a request for a feed, whoever asks: the endpoint or a terminal."""

from dataclasses import dataclass
from typing import Any

from events.keyset import next_address
from recommendations.beginning import begun, is_personal
from recommendations.candidates import Filters
from recommendations.feed import feed_for
from recommendations.pagination import cursor_for, resumed
from recommendations.rankers.base import Ranker
from recommendations.serializers import feed_as_json
from recommendations.viewer import Viewer


@dataclass(frozen=True)
class Answer:
    """A page of a feed as the endpoint's JSON, and whether its listing was kept; None if the ranker has none."""

    page: dict[str, Any]
    kept: bool | None


def feed_page(viewer: Viewer, ranker: Ranker, path: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return a page of the feed as the endpoint's JSON; see answer_for."""
    return answer_for(viewer, ranker, path, parameters).page


def answer_for(viewer: Viewer, ranker: Ranker, path: str, parameters: dict[str, Any]) -> Answer:
    """Return a page of the feed, `next` without a host.

    `parameters` are the address's, validated: limit, and if given cursor, type, category. ValidationError for a foreign
    cursor, ListingExpired for one whose order is kept no longer. The page names the ranker that answered, and says
    whether personal ranking is on.
    """
    filters = Filters(parameters.get("type"), parameters.get("category"))
    if "cursor" in parameters:
        viewer, answering, after = resumed(parameters["cursor"], viewer, ranker, filters)
    else:
        viewer, answering = begun(viewer, ranker, filters)
        after = None
    page = feed_for(viewer, answering, filters=filters, limit=parameters["limit"], after=after)
    following = None
    if page.end is not None:
        following = next_address(path, parameters, cursor_for(page.end, viewer, ranker, answering, filters))
    personal = is_personal(viewer, ranker, answering)
    kept = None if viewer.listing is None else viewer.listing.kept
    return Answer(feed_as_json(page.events, answering, following, personal=personal), kept)
