"""This file holds the sentence vectors of events."""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

from events.models import Event

# Note [Vectors]
# A vector is stored as real[], not as pgvector's type: the extension may be absent, the table may not. It is cast where
# it is searched, which is cheap, and immutable, so that an index can be on the cast. The column is never moved out of
# the row (sql/embeddings.sql): a search reads every vector, and to fetch each from the TOAST table takes as long again.
# The database refuses what the cast would refuse (NULL, NaN, infinity), so that no row can break a search.

# Note [Row versions]
# A vector is stale when the text of its event has changed. To hash 100,000 texts takes the database over a second, too
# much to do every two seconds. So an embedding keeps the versions of the event's and the organiser's rows that it was
# made from: the transaction that wrote each (xmin), and its place (ctid). Only where they differ is the text looked at.
# Nobody has to announce a change, and none can be missed: a row that is written again has another version. Equal text
# is marked as seen and not embedded again; so it goes for all of them after a restore, which writes every row anew.


class RealField(models.FloatField[Any, Any]):
    """A floating point number of 4 bytes."""

    def db_type(self, connection: Any) -> str:
        """Return PostgreSQL's name of it."""
        return "real"


class EventEmbedding(models.Model):
    """What an event says, as a vector of length 1. Derived from the event: `manage.py embed` makes it again."""

    # The database cascades, as in the app of the interactions: see Note [Cascades] there.
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

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(vector__len__gt=0), name="embedding_has_dimensions"),
        ]
        indexes = [
            # What is stale: see sql/stale.sql. It leaves the vectors, three to a page, alone.
            models.Index(
                fields=["event"],
                include=["model", "version", "row_versions"],
                name="embedding_versions",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.version} (event #{self.pk})"
