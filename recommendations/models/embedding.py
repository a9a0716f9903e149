"""The vectors of events' texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from events.models import Event

if TYPE_CHECKING:
    from recommendations.embeddings.embedder import Embedder

# Note [Vectors]
# A vector is stored as real[] and not in pgvector's VectorField, because the table must exist where the extension does
# not. Queries cast it (see semantic_search/): that is cheap, and immutable, so an index can be on the cast. The column
# is never moved out of the row (sql/embeddings.sql): a search without an index reads every vector, and fetching each
# from the TOAST table would double the time. The database refuses what the cast would refuse (NULL, NaN, infinity), so
# no row can break a search.

# Note [Row versions]
# A vector is stale when the text of its event has changed. Hashing 100,000 texts takes the database over a second, too
# much to do every two seconds. So an embedding stores the versions of the event's and the organiser's rows that it was
# made from: the transaction that wrote each (xmin) and its location (ctid). The text is only read where they differ.
# Nobody has to announce a change and none can be missed, because a row that is written again has another version. If
# the text turns out to be the same, only the versions are updated; after a restore, which writes every row anew, that
# happens to all of them.


class RealField(models.FloatField[Any, Any]):
    """A floating point number of 4 bytes."""

    def db_type(self, connection: Any) -> str:
        """Return PostgreSQL's name of it."""
        return "real"


class EventEmbeddingQuerySet(models.QuerySet["EventEmbedding"]):
    """Questions about vectors."""

    def made_by(self, encoder: Embedder) -> Self:
        """Keep the vectors that can be compared with those of an encoder."""
        return self.filter(model=encoder.name, version=encoder.version, vector__len=encoder.dimensions)


class EventEmbedding(models.Model):
    """The text of an event as a vector of length 1. Derived data: `manage.py embed` makes it again."""

    # The database cascades: see Note [Cascades] in interactions/models.py.
    event = models.OneToOneField(
        Event, primary_key=True, on_delete=models.DO_NOTHING, db_constraint=False, related_name="embedding"
    )
    model = models.CharField(max_length=100, help_text="The name of the encoder that made the vector.")
    version = models.CharField(max_length=100, help_text="Its version; vectors of two versions are never compared.")
    text_hash = models.CharField(max_length=64, help_text="SHA-256 of the text that it is of, in hexadecimal.")
    row_versions = models.CharField(
        max_length=100, blank=True, default="", help_text="Of the rows it was made from: see Note [Row versions]."
    )
    # See Note [Vectors].
    vector = ArrayField(RealField())
    created_at = models.DateTimeField(db_default=Now())

    objects = EventEmbeddingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(vector__len__gt=0), name="embedding_has_dimensions"),
        ]
        indexes = [
            # sql/stale.sql: an index-only scan, which does not read the vectors, of which a page holds three.
            models.Index(
                fields=["event"],
                include=["model", "version", "row_versions"],
                name="embedding_versions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version} (event #{self.pk})"
