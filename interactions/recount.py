"""Comparison of the tallies with the counted interactions. See Note [Tallies]."""

from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

_SQL = Path(__file__).resolve().parent / "sql"
_LOCK = "LOCK TABLE events_event, interactions_interaction, interactions_tally IN SHARE ROW EXCLUSIVE MODE"


@dataclass(frozen=True)
class Miscount:
    """An event whose tally is wrong: what was kept (None: there is no tally), and what counting gives.

    Both may be equal: then a copied column differs from the event's own.
    """

    event_id: int
    kept: int | None
    counted: int


def miscounts() -> list[Miscount]:
    """Return the events whose tally is wrong, by id; one statement, so that concurrent writes cannot mislead it."""
    with connection.cursor() as cursor:
        cursor.execute((_SQL / "recount.sql").read_text())
        return [Miscount(*row) for row in cursor.fetchall()]


def fix() -> list[Miscount]:
    """Correct every wrong tally and return what was wrong; writers wait meanwhile."""
    with transaction.atomic(), connection.cursor() as cursor:
        # So that nothing is counted meanwhile.
        cursor.execute(_LOCK)
        wrong = miscounts()
        if wrong:
            cursor.execute((_SQL / "recount_fix.sql").read_text())
        return wrong
