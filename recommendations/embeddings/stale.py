"""This file holds the finding of events whose vector is missing or of another text. See Note [Row versions]."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from events.sql import rows_of
from recommendations.embeddings.embedder import Embedder

_STALE = (Path(__file__).resolve().parents[1] / "sql" / "stale.sql").read_text()
# Above every id.
END = 2**63 - 1


@dataclass(frozen=True)
class Stale:
    """An event to look at: the versions of its rows, and the hash of the text of its vector; None without one."""

    event_id: int
    row_versions: str
    text_hash: str | None


def stale(encoder: Embedder, now: datetime, *, everything: bool, below: int = END, rows: int = END) -> list[Stale]:
    """Return the events that are behind, newest first: those one can still go to or, with `everything`, past ones too.

    `below` is an id, so that one can go on where one stopped.
    """
    parameters = {
        "model": encoder.name,
        "version": encoder.version,
        "now": now,
        "everything": everything,
        "below": below,
        "rows": rows,
    }
    return [Stale(*row) for row in rows_of(_STALE, parameters)]
