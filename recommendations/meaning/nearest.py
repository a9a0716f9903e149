"""This file holds the candidates whose texts are nearest to a vector."""

from collections.abc import Sequence
from pathlib import Path

from django.db import connection, transaction

from events.models import Event
from events.sql import rows_of
from recommendations.embeddings.embedder import Embedder
from recommendations.feed.viewer import Filters, Viewer

_SQL = Path(__file__).resolve().parents[1] / "sql"
_WAYS = (_SQL / "nearest_ways.sql").read_text()
_EXACT = (_SQL / "nearest_exact.sql").read_text()
_INDEXED = (_SQL / "nearest_indexed.sql").read_text()
_READING = (_SQL / "nearest_reading.sql").read_text()
# The index is for vectors of so many dimensions; others are compared one by one.
INDEXED_DIMENSIONS = 512
# No event's id.
_NONE = 0


class NoVectorSearch(Exception):
    """The database has no pgvector. Install it on the server, then: CREATE EXTENSION vector."""


def nearest(
    vector: Sequence[float],
    encoder: Embedder,
    viewer: Viewer,
    filters: Filters,
    *,
    limit: int,
    other_than: int = _NONE,
) -> dict[int, float]:
    """Return the viewer's candidates nearest to a vector with their cosines, -1 to 1, by id, nearest first.

    Candidates without a vector of this encoder are left out. By the index where there is one (see manage.py
    index_vectors), else by comparing all. NoVectorSearch without the extension.
    """
    there, indexed = rows_of(_WAYS, {})[0]
    if not there:
        raise NoVectorSearch("The database has no pgvector, so texts cannot be compared by their meaning.")
    parameters = {
        "vector": list(vector),
        "model": encoder.name,
        "version": encoder.version,
        "user": viewer.user.pk,
        "now": viewer.now,
        "types": list(Event.Type.values) if filters.type is None else [filters.type],
        "category": filters.category,
        "except": other_than,
        "rows": limit,
    }
    found: list[tuple[int, float]] = []
    if indexed and encoder.dimensions == INDEXED_DIMENSIONS:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(_READING)
            found = rows_of(_INDEXED, parameters)
    if len(found) < limit:
        # Without an index; or the candidates are few among many, and then they are soon compared.
        found = rows_of(_EXACT, parameters)
    return dict(found)
