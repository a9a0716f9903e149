"""The HNSW index of vectors: created when there are many vectors, dropped when there are few again."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from django.contrib.postgres.indexes import OpClass
from django.db import connection
from django.db.backends.postgresql.schema import DatabaseSchemaEditor
from django.db.models import BooleanField, F, Func, Q
from django.db.models.functions import Cast
from pgvector import HalfVector
from pgvector.django import CosineDistance, HalfVectorField, HnswIndex

from api.sql import rows_of
from recommendations.models import EventEmbedding

# Comparing more than this one by one takes over a hundredth of a second.
MANY = 2_000
# Vectors that a search of the index keeps in view.
EF_SEARCH = 200
# The index is for vectors of this length; others are compared one by one.
DIMENSIONS = 512
# A literal, because the planner cannot match a parameter with the condition of the index.
IS_INDEXED = Func(F("vector"), template=f"cardinality(%(expressions)s) = {DIMENSIONS}", output_field=BooleanField())
# Elements of 2 bytes: half the size, and as many of the nearest are found (docs/decisions/0013-vectors.md).
_HALF = Cast("vector", HalfVectorField(dimensions=DIMENSIONS))
INDEX = HnswIndex(OpClass(_HALF, name="halfvec_cosine_ops"), name="embedding_nearest", condition=Q(IS_INDEXED))
_STATE = (Path(__file__).resolve().parents[1] / "sql" / "vector_index_state.sql").read_text()
_LOCK = "(hashtext('marquee'), hashtext('embedding_nearest'))"


class IndexState(NamedTuple):
    """What the database has: pgvector, a version that reads an index with filters, the index, and all of it."""

    has_extension: bool
    can_filter: bool
    exists: bool
    is_complete: bool


def index_state() -> IndexState:
    """Return the state of the index."""
    return IndexState(*rows_of(_STATE, {})[0])


def distance_to(vector: Sequence[float]) -> CosineDistance:
    """Return the distance, 0 to 2, by which the index is read."""
    return CosineDistance(_HALF, HalfVector(list(vector)))


def keep_index(many: int = MANY) -> str:
    """Create the index if there are `many` vectors, drop it below half of that, and return a sentence that says so.

    Creating it takes minutes for many vectors; reads and writes go on meanwhile. If it is interrupted, the next call
    starts again. Must run outside a transaction.
    """
    if not rows_of(f"SELECT pg_try_advisory_lock{_LOCK}", {})[0][0]:
        return "Another process is creating or dropping the index."
    try:
        return _kept(many)
    finally:
        rows_of(f"SELECT pg_advisory_unlock{_LOCK}", {})


def _kept(many: int) -> str:
    state, number = index_state(), EventEmbedding.objects.filter(IS_INDEXED).count()
    vectors = f"{number:,} vectors"
    if not state.can_filter:
        return f"{vectors}; no index, because the database has no pgvector of version 0.8 or newer."
    if state.is_complete and number >= many / 2:
        return f"{vectors}; the index exists."
    if state.exists:
        with DatabaseSchemaEditor(connection, atomic=False) as editor:
            editor.remove_index(EventEmbedding, INDEX, concurrently=True)
        if number < many:
            return f"{vectors}: the index is dropped, because so few are compared quickly without it."
    if number < many:
        return f"{vectors}: no index is needed below {many:,}."
    with connection.cursor() as cursor:
        # The graph of a hundred thousand vectors fits; building a part of it on disk takes far longer.
        cursor.execute("SET maintenance_work_mem = '256MB'")
    with DatabaseSchemaEditor(connection, atomic=False) as editor:
        editor.add_index(EventEmbedding, INDEX, concurrently=True)
    return f"{vectors}; the index is created."
