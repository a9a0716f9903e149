"""Loading of a data set by COPY and a few statements, in one transaction."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from events.csv_cells import DatasetError, Record
from interactions.loading import rows
from interactions.loading.reading import Table, table

_SQL = Path(__file__).resolve().parents[1] / "sql"
# The columns are in the order of rows.py.
_COPY = {
    "group": "COPY staged_group (key, name) FROM STDIN",
    "user": "COPY staged_user (key, password, interests, latitude, longitude) FROM STDIN",
    "event": "COPY staged_event"
    " (key, title, description, category, tags, latitude, longitude, start_at, group_key, venue) FROM STDIN",
    "interaction": "COPY staged_interaction (line, user_key, event_key, action, created_at) FROM STDIN",
}
# So that the planner knows the new sizes at once, not only after autovacuum's next round.
_ANALYZE = "ANALYZE events_organiser, events_event, users_user, interactions_interaction, interactions_tally"
# Rows that are sent at once, or after which progress is reported.
_BLOCK_ROWS = 1_000

# Called with the name of a table and how many of its rows were read by now.
Progress = Callable[[str, int], None]
_Convert = Callable[[Record, Counter[str]], rows.Staged]


@dataclass(frozen=True)
class TableReport:
    """Of one table: rows that were read, and rows that were new and inserted."""

    name: str
    read: int
    inserted: int


@dataclass(frozen=True)
class LoadReport:
    """What a load did, and what it took as another thing than was written, with counts."""

    tables: tuple[TableReport, ...]
    warnings: tuple[str, ...]


def load_dataset(directory: Path, *, progress: Progress) -> LoadReport:
    """Load a folder's users, events, interactions and, if there, groups; DatasetError if anything is wrong in them.

    Users are known by their username, events and organisers by their external id, interactions by user, event, action
    and time: what is there already stays as it is, so that a second load changes nothing.
    """
    if not directory.is_dir():
        raise DatasetError(f"{directory}: there is no such folder.")
    groups = table(directory, "groups", rows.GROUP_COLUMNS)
    users, events, interactions = (
        _required(directory, name, columns)
        for name, columns in (
            ("users", rows.USER_COLUMNS), ("events", rows.EVENT_COLUMNS), ("interactions", rows.INTERACTION_COLUMNS),
        )
    )  # fmt: skip
    warnings: Counter[str] = Counter()
    reports = []
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_sql("load_staging"))
        read = {
            name: _stage(cursor, name, source, convert, warnings, progress)
            for name, source, convert in (
                ("group", groups, rows.group_row), ("user", users, rows.user_row),
                ("event", events, rows.event_row),
            )
        }  # fmt: skip
        read["interaction"] = _stage_interactions(cursor, interactions, warnings, progress)
        cursor.execute(_sql("load_bare"))
        for name in ("organiser", "user", "event"):
            cursor.execute(_sql(f"load_{name}s"))
            reports.append(TableReport(f"{name}s", read.get(name, read["group"]), cursor.rowcount))
        _refuse_dangling(cursor, interactions)
        cursor.execute(_sql("load_interactions"))
        reports.append(TableReport("interactions", read["interaction"], cursor.rowcount))
        cursor.execute(_sql("load_dressed"))
        cursor.execute(_ANALYZE)
    return LoadReport(tuple(reports), tuple(f"{number:,} {what}" for what, number in sorted(warnings.items())))


def _required(directory: Path, name: str, columns: tuple[str, ...]) -> Table:
    required = table(directory, name, columns)
    if required is None:
        raise DatasetError(f"{directory}: there is neither {name}.csv nor {name}.csv.gz.")
    return required


def _stage(
    cursor: Any, name: str, source: Table | None, convert: _Convert, warnings: Counter[str], progress: Progress
) -> int:
    number = 0
    if source is not None:
        with cursor.copy(_COPY[name]) as copy:
            for number, record in enumerate(source.records(), start=1):
                copy.write_row(convert(record, warnings))
                if number % _BLOCK_ROWS == 0:
                    progress(name, number)
        progress(name, number)
    return number


def _stage_interactions(cursor: Any, source: Table, warnings: Counter[str], progress: Progress) -> int:
    """Stage the largest table: what is plainly right is sent as it was read, the rest is looked at closely."""
    number = 0
    with cursor.copy(_COPY["interaction"]) as copy:
        lines = source.lines()
        while block := list(islice(lines, _BLOCK_ROWS)):
            plain: list[str] = []
            for line, values in block:
                text = rows.plain_interaction(line, values)
                if text is not None:
                    plain.append(text)
                else:
                    copy.write_row(rows.interaction_row(source.record(line, values), warnings))
            copy.write("".join(plain))
            number += len(block)
            progress("interaction", number)
    return number


def _refuse_dangling(cursor: Any, interactions: Table) -> None:
    cursor.execute(_sql("load_dangling"))
    dangling = cursor.fetchone()
    if dangling is not None:
        line, user_is_unknown, user, event = dangling
        column, value = ("user_id", user) if user_is_unknown else ("event_id", event)
        where = f"{interactions.path.name}, line {line}, column {column}"
        raise DatasetError(f'{where}: "{value[:80]}" is neither in {column[:-3]}s.csv nor in the database.')


def _sql(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text()
