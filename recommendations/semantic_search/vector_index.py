"""This file holds the index of vectors: made when there are many, dropped when there are few again."""

from pathlib import Path
from typing import Any

from django.db import connection

_SQL = Path(__file__).resolve().parents[1] / "sql"
_STATE = (_SQL / "nearest_index_state.sql").read_text()
_MAKE = (_SQL / "nearest_index.sql").read_text()
_DROP = (_SQL / "nearest_index_gone.sql").read_text()
_TURN = (_SQL / "nearest_index_turn.sql").read_text()
_TURN_OVER = (_SQL / "nearest_index_turn_over.sql").read_text()
_MEMORY = (_SQL / "nearest_index_memory.sql").read_text()
# From here on comparing all takes longer than a tenth of a second, and half as long as the index takes to keep.
MANY = 20_000


def keep_index(many: int = MANY) -> str:
    """Make the index if there are `many` vectors, drop it below half of that, and return in words what was done.

    Takes minutes for many vectors, during which all goes on; broken off, the next time begins anew. Outside of a
    transaction only.
    """
    with connection.cursor() as cursor:
        cursor.execute(_TURN)
        if not cursor.fetchone()[0]:
            return "Another process is at it."
        try:
            return _kept(cursor, many)
        finally:
            cursor.execute(_TURN_OVER)


def _kept(cursor: Any, many: int) -> str:
    cursor.execute(_STATE)
    vectors, there, complete, able = cursor.fetchone()
    told = f"{vectors:,} vectors"
    if not able:
        return f"{told}; no index, because the database has no pgvector of version 0.8 or newer."
    if there and (not complete or vectors < many / 2):
        cursor.execute(_DROP)
        there = False
        if vectors < many:
            return f"{told}, which are soon compared: the index is dropped."
    if there:
        return f"{told}; the index is there."
    if vectors < many:
        return f"{told}, which are soon compared: no index is needed below {many:,}."
    cursor.execute(_MEMORY)
    cursor.execute(_MAKE)
    return f"{told}; the index is made."
