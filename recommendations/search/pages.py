"""The pages of a search. A cursor carries the results that are left, so no event comes twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from api.keyset import decode, encode, moment, next_address
from recommendations.feed.viewer import Filters, Viewer
from recommendations.search.search import Help, Ranking, Result, Search, help_for, ranking_of, results_of
from recommendations.search.understanding import query_of


@dataclass(frozen=True)
class SearchPage:
    """A page of results, the address of the next one, and on a first page without results what helps on."""

    search: Search
    ranking: Ranking
    results: tuple[Result, ...]
    next: str | None
    help: Help | None


def search_page(viewer: Viewer, zone: ZoneInfo, path: str, parameters: Mapping[str, Any]) -> SearchPage:
    """Return the page that validated parameters ask for; ValidationError for a cursor of another search."""
    filters, limit, cursor = Filters.of(parameters), parameters["limit"], parameters.get("cursor")
    scope = ("search", viewer.user_id, parameters["q"], zone.key, *filters.key)
    # Later pages keep what the query meant on the first one.
    started_at, carried = (viewer.now, None) if cursor is None else _read(decode(cursor, scope=scope))
    search = Search(query_of(parameters["q"], started_at, zone), filters, viewer)
    ranking = carried or ranking_of(search)
    shown, left = ranking.ids[:limit], ranking.ids[limit:]
    following = next_address(path, dict(parameters), encode(_written(started_at, ranking, left), scope=scope))
    return SearchPage(
        search,
        ranking,
        results_of(search, ranking, shown),
        following if left else None,
        help_for(search) if cursor is None and not ranking.ids else None,
    )


def _written(started_at: datetime, ranking: Ranking, left: Sequence[int]) -> list[Any]:
    """Return what a cursor carries: the results that are left, each with its cosine, and what explains them."""
    cosines = ranking.similarities
    return [
        started_at,
        ranking.by,
        list(ranking.words),
        [text for pair in ranking.corrections.items() for text in pair],
        [f"{pk}:{cosines[pk]:.4f}" if pk in cosines else str(pk) for pk in left],
    ]


def _read(carried: Sequence[Any]) -> tuple[datetime, Ranking]:
    """Return what _written() wrote."""
    started_at, by, words, corrections, left = carried
    pairs = [(int(pk), cosine) for pk, _, cosine in (each.partition(":") for each in left)]
    return moment(started_at), Ranking(
        ids=tuple(pk for pk, _ in pairs),
        by=by,
        words=tuple(words),
        corrections=dict(zip(corrections[::2], corrections[1::2], strict=True)),
        similarities={pk: float(cosine) for pk, cosine in pairs if cosine},
    )
