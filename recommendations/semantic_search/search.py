"""Semantic search: the candidates whose texts are nearest in meaning to a text, or to an event's text."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connections, transaction
from django.db.models.functions import Cast
from pgvector.django import CosineDistance, VectorField

from api.databases import read_alias
from events.geo import measure
from events.models import Event
from events.querysets import EventQuerySet
from recommendations.embeddings.embedder import BadVectors, Embedder, NoEmbedder, embedder
from recommendations.embeddings.embedding import text_of
from recommendations.embeddings.serving import vector_of
from recommendations.feed.ranking import candidates_for
from recommendations.feed.series import more_dates, next_dates
from recommendations.feed.viewer import Filters, Viewer, origin_of
from recommendations.models import EventEmbedding
from recommendations.semantic_search.vector_index import (
    DIMENSIONS,
    EF_SEARCH,
    IS_INDEXED,
    distance_to,
    index_state,
)

_log = logging.getLogger("marquee.semantic_search")


class NoVectorSearch(Exception):
    """The database has no pgvector. Install it on the server, then: CREATE EXTENSION vector."""


class CannotCompare(Exception):
    """Texts cannot be compared by meaning: pgvector is missing, or there is no encoder that works."""


@dataclass(frozen=True)
class Match:
    """An event that is similar, of a series its next date.

    `similarity`: the cosine, -1 to 1. `more_dates`: later candidates of its series.
    """

    event: Event
    similarity: float
    more_dates: int = 0


def similar_to(
    event: Event, viewer: Viewer, filters: Filters, limit: int, *, stored_only: bool = False
) -> tuple[Match, ...]:
    """Return the viewer's candidates whose texts are nearest to an event's, without the event; CannotCompare, Busy.

    Of a series, also of the event's own, only the next date.
    Expects the event's organiser loaded. The text of an event without a vector is encoded for this request only; with
    `stored_only` it is compared with nothing.
    """
    candidates = candidates_for(viewer, filters).exclude(pk=event.pk)
    try:
        encoder = embedder()
        stored = EventEmbedding.objects.made_by(encoder).filter(event=event).values_list("vector", flat=True)
        vector = stored.order_by("event").first()
        if vector is None and stored_only:
            return ()
        vector = vector or vector_of(encoder, text_of(event))
        similarities = nearest(vector, encoder, candidates, limit=limit)
    except (NoEmbedder, BadVectors, NoVectorSearch) as error:
        _log.warning("No similar events: %s", error)
        raise CannotCompare(str(error)) from error
    matches = _nearest_matches(similarities, viewer, candidates)
    measure((match.event for match in matches), origin_of(viewer, filters))
    return matches


def nearest(vector: Sequence[float], encoder: Embedder, candidates: EventQuerySet, *, limit: int) -> dict[int, float]:
    """Return the cosines, -1 to 1, of the candidates nearest to a vector, by id, nearest first.

    Of a series only the next date. Candidates without a vector of this encoder are left out. Reads the index if there
    is one (manage.py index_vectors), which misses a few of the nearest, else compares all. NoVectorSearch without
    pgvector.
    """
    index = index_state()
    if not index.has_extension:
        raise NoVectorSearch("The database has no pgvector, so texts cannot be compared by their meaning.")
    distance = CosineDistance(Cast("vector", VectorField()), list(vector))
    of_candidates = EventEmbedding.objects.made_by(encoder).filter(event__in=next_dates(candidates))
    embeddings = of_candidates.annotate(distance=distance)
    rows: list[tuple[int, float]] = []
    if index.is_complete and index.can_filter and encoder.dimensions == DIMENSIONS:
        nearest_first = embeddings.filter(IS_INDEXED).order_by(distance_to(vector), "event_id")
        with transaction.atomic(using=read_alias()):
            with connections[read_alias()].cursor() as cursor:
                # Read the index on, in order, until enough rows have passed the filters.
                cursor.execute(
                    "SELECT set_config('hnsw.iterative_scan', 'strict_order', true),"
                    " set_config('hnsw.ef_search', %s, true)",
                    [str(EF_SEARCH)],
                )
            rows = list(nearest_first.values_list("event_id", "distance")[:limit])
    if len(rows) < limit:
        # Without an index; or the candidates are few among many vectors, and then they are quickly compared.
        rows = list(embeddings.order_by("distance", "event_id").values_list("event_id", "distance")[:limit])
    # The index has 2 bytes an element: the order by the stored 4 bytes may differ.
    return {event_id: 1 - distance for event_id, distance in sorted(rows, key=lambda row: (row[1], row[0]))}


def _nearest_matches(similarities: Mapping[int, float], viewer: Viewer, candidates: EventQuerySet) -> tuple[Match, ...]:
    """Return the matches in order; of a series, each with the number of its later candidates."""
    rows = Event.objects.with_count().with_viewer(viewer.user_id)
    events = rows.select_related("organiser").in_bulk(similarities)
    # An event may have been deleted since.
    present = [events[pk] for pk in similarities if pk in events]
    more = more_dates(present, candidates)
    return tuple(Match(event, similarities[event.pk], more.get(event.pk, 0)) for event in present)
