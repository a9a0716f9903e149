"""The vectors of events: the text that is encoded, which vectors are stale, and batches of new ones."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from api.deadlocks import retried
from api.sql import rows_of
from events.models import Event
from recommendations.embeddings.embedder import Embedder, vectors_of
from recommendations.models import EventEmbedding

# More characters make search worse, not only slower, because a vector is close to a mean over the words: see
# docs/decisions/0013-vectors.md.
TEXT_MAX_LENGTH = 256
# Less than a second's work. Every batch is committed, and stopping waits for at most one.
BATCH = 100
# Above every id.
END = 2**63 - 1
_SQL = Path(__file__).resolve().parents[1] / "sql"
_STALE = (_SQL / "stale.sql").read_text()
_WRITE = (_SQL / "embedding_write.sql").read_text()


def text_of(event: Event) -> str:
    """Return the text of an event that is encoded, the most descriptive parts first. Expects the organiser loaded."""
    organiser = event.organiser
    parts = (
        event.title,
        event.category_name,
        ", ".join(event.tags),
        None if organiser is None else organiser.name,
        event.description,
    )
    return ". ".join(part for part in parts if part)[:TEXT_MAX_LENGTH]


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class StaleEvent:
    """An event to look at: the versions of its rows, and the hash of the text of its vector; None without one."""

    event_id: int
    row_versions: str
    text_hash: str | None


@dataclass(frozen=True)
class Batch:
    """The result of a batch: events looked at, vectors made, and the id to continue below; None at the end."""

    looked_at: int
    embedded: int
    below: int | None


def stale(encoder: Embedder, now: datetime, *, everything: bool, below: int = END, rows: int = END) -> list[StaleEvent]:
    """Return the events whose vector is missing or of other rows, newest first. See Note [Row versions].

    Only events that are upcoming and bookable, or with `everything` past and cancelled ones too. `below` is an id, so
    that a caller can continue where it stopped.
    """
    parameters = {
        "model": encoder.name,
        "version": encoder.version,
        "now": now,
        "everything": everything,
        "below": below,
        "rows": rows,
    }
    return [StaleEvent(*row) for row in rows_of(_STALE, parameters)]


def embed(encoder: Embedder, now: datetime, *, everything: bool, limit: int = END) -> Iterator[Batch]:
    """Bring at most `limit` stale events up to date, newest first, and yield each batch once it is committed."""
    looked_at, below = 0, END
    while looked_at < limit:
        batch = embed_batch(encoder, now, everything=everything, below=below, rows=min(BATCH, limit - looked_at))
        yield batch
        if batch.below is None:
            return
        looked_at, below = looked_at + batch.looked_at, batch.below


def embed_batch(encoder: Embedder, now: datetime, *, everything: bool, below: int = END, rows: int = BATCH) -> Batch:
    """Bring the next stale events up to date, newest first, in one transaction.

    Other processes that embed wait for the commit, and then find what is left. Events may change or be deleted at any
    time: an event that changes after it was read stays stale. Raises what vectors_of() raises.
    """
    return retried(lambda: _embed_batch(encoder, now, everything=everything, below=below, rows=rows))


def _embed_batch(encoder: Embedder, now: datetime, *, everything: bool, below: int, rows: int) -> Batch:
    with transaction.atomic():
        rows_of("SELECT pg_advisory_xact_lock(hashtext('marquee'), hashtext('embedding'))", {})
        events = stale(encoder, now, everything=everything, below=below, rows=rows)
        embedded = _bring_up_to_date(encoder, events)
    return Batch(len(events), embedded, events[-1].event_id if len(events) == rows else None)


def _bring_up_to_date(encoder: Embedder, stale_events: Sequence[StaleEvent]) -> int:
    """Write the vectors of the events whose text has changed, mark the others as seen, and return how many changed."""
    # Read after the versions, so that a change in between leaves the event stale.
    events = Event.objects.select_related("organiser").in_bulk([each.event_id for each in stale_events])
    texts = {pk: text_of(event) for pk, event in events.items()}
    present = [each for each in stale_events if each.event_id in texts]
    changed = [each for each in present if hash_of(texts[each.event_id]) != each.text_hash]
    unchanged = [
        EventEmbedding(event_id=each.event_id, row_versions=each.row_versions)
        for each in present
        if hash_of(texts[each.event_id]) == each.text_hash
    ]
    EventEmbedding.objects.bulk_update(unchanged, ["row_versions"])
    if changed:
        vectors = vectors_of(encoder, [texts[each.event_id] for each in changed])
        rows: list[dict[str, Any]] = [
            {
                "event": each.event_id,
                "model": encoder.name,
                "version": encoder.version,
                "text_hash": hash_of(texts[each.event_id]),
                "row_versions": each.row_versions,
                "vector": vector,
            }
            for each, vector in zip(changed, vectors, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.executemany(_WRITE, rows)
    return len(changed)
