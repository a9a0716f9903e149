"""This file holds the making of the vectors that are missing or stale, a batch at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from events.models import Event
from events.retrying import retried
from recommendations.embeddings.embedder import Embedder, vectors_of
from recommendations.embeddings.stale import END, Stale, stale
from recommendations.embeddings.text import hash_of, text_of

# Less than a second's work. What was done is kept batch by batch, and who wants to stop waits for one at most.
BATCH = 100
_SQL = Path(__file__).resolve().parents[1] / "sql"
_TURN = (_SQL / "embedding_turn.sql").read_text()
_WRITE = (_SQL / "embedding_write.sql").read_text()
_SEEN = (_SQL / "embedding_seen.sql").read_text()


@dataclass(frozen=True)
class Batch:
    """What came of a batch: events looked at, vectors made, and the id to go on below; None at the end."""

    looked_at: int
    embedded: int
    below: int | None


def embed_batch(encoder: Embedder, now: datetime, *, everything: bool, below: int = END, rows: int = BATCH) -> Batch:
    """Bring the next stale events up to date, newest first, in one transaction: all are written, or none.

    Others who embed meanwhile wait, and then find what is left. Events may change or go at any time: a change that this
    did not see leaves the event stale. Raises what vectors_of() raises.
    """
    return retried(lambda: _batch(encoder, now, everything=everything, below=below, rows=rows))


def _batch(encoder: Embedder, now: datetime, *, everything: bool, below: int, rows: int) -> Batch:
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(_TURN)
        behind = stale(encoder, now, everything=everything, below=below, rows=rows)
        embedded = _bring_up_to_date(encoder, behind)
    return Batch(len(behind), embedded, behind[-1].event_id if len(behind) == rows else None)


def _bring_up_to_date(encoder: Embedder, behind: Sequence[Stale]) -> int:
    # Read after the versions, so that a change in between leaves the event stale.
    events = Event.objects.select_related("organiser").in_bulk([found.event_id for found in behind])
    texts = {pk: text_of(event) for pk, event in events.items()}
    made: list[dict[str, Any]] = []
    seen: list[dict[str, Any]] = []
    for found in behind:
        if found.event_id not in texts:
            continue
        row = {
            "event": found.event_id,
            "model": encoder.name,
            "version": encoder.version,
            "text_hash": hash_of(texts[found.event_id]),
            "row_versions": found.row_versions,
        }
        (seen if row["text_hash"] == found.text_hash else made).append(row)
    vectors = vectors_of(encoder, [texts[row["event"]] for row in made]) if made else []
    with connection.cursor() as cursor:
        if seen:
            cursor.executemany(_SEEN, seen)
        if made:
            cursor.executemany(_WRITE, [{**row, "vector": vector} for row, vector in zip(made, vectors, strict=True)])
    return len(made)
