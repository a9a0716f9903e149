"""This file holds the reading by statements that the server plans once for each connection."""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model
from django.db.models.base import ModelState
from psycopg import Connection, RawCursor
from psycopg.types.datetime import TimestamptzBinaryLoader, TimestamptzLoader
from psycopg.types.numeric import Int8BinaryDumper, Int8Dumper

Instance = TypeVar("Instance", bound=Model)

_PARAMETER = re.compile(r"%\((\w+)\)s")
# A cursor holds its last result until its next one; those of a training would be hundreds of megabytes.
_KEPT_ROWS = 200


class _Reader(RawCursor[tuple[Any, ...]]):
    """A cursor of one statement, with named parameters, which reads its rows in binary form.

    psycopg forgets how values of each type are written and read when a cursor is made, or gets another statement.
    """

    def __init__(self, database_connection: Connection[Any], sql: str) -> None:
        """Take the statement."""
        super().__init__(database_connection)
        self._text, self._names = _numbered(sql)
        # Django's own loader makes the same of a time, in Python: for two times in each row that is felt.
        for loader in (TimestamptzLoader, TimestamptzBinaryLoader):
            self.adapters.register_loader("timestamptz", loader)
        # psycopg takes the smallest type that holds a number, and each combination of types is a statement of its own.
        # In both formats: it looks lists up by the one and writes them in the other, and a kept cursor would go on with
        # the type that was enough for its first list.
        for dumper in (Int8Dumper, Int8BinaryDumper):
            self.adapters.register_dumper(int, dumper)

    def execute(self, query: Any, params: Any = None, **others: Any) -> "_Reader":
        """Execute the statement with these values; `query` is its text, for who watches what is sent."""
        return super().execute(self._text, [params[name] for name in self._names], binary=True)


def rows_of(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement of constant text, which is sent and planned at its first use on a connection.

    Planning a page of the feed takes longer than reading it. Django's own cursors write the parameters into the text,
    so that no two statements are the same. The one plan serves every parameter (`plan_cache_mode` in the settings), so
    this is for statements whose shape says how they are read, and the tests hold their plans against that.
    """
    # What connection.cursor() does, but for the kind of cursor; Django's types do not know of the other kind.
    database: Any = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    database.ensure_connection()
    # With the connection they end.
    readers: dict[str, _Reader] = vars(database.connection).setdefault("readers", {})
    reader = readers.get(sql) or readers.setdefault(sql, _Reader(database.connection, sql))
    make_cursor = database.make_debug_cursor if database.queries_logged else database.make_cursor
    cursor = make_cursor(reader)
    cursor.execute(sql, parameters)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    if len(rows) > _KEPT_ROWS:
        readers.pop(sql).close()
    return rows


class _Loaded(ModelState):
    """Says of an instance that it was read from the database."""

    db = DEFAULT_DB_ALIAS
    adding = False


def instance_of(
    model: type[Instance], columns: Sequence[str], values: Sequence[Any], related: dict[str, Model] | None = None
) -> Instance:
    """Return a row as an instance of its model; columns that are not given are read when somebody asks for them.

    `related`: instances that the row refers to, by the field's name. What Model.from_db does, in a sixth of the time:
    it calls a signal before and after, and sets each field on its own.
    """
    instance = model.__new__(model)
    state = _Loaded()
    if related:
        state.fields_cache = related
    instance.__dict__.update(zip(columns, values, strict=True), _state=state)
    return instance


@cache
def _numbered(sql: str) -> tuple[bytes, tuple[str, ...]]:
    """Return a statement as the server takes it, with $1 for the first of the names, which are returned too."""
    names = tuple(dict.fromkeys(_PARAMETER.findall(sql)))
    text = _PARAMETER.sub(lambda found: f"${names.index(found[1]) + 1}", sql).replace("%%", "%")
    return text.encode(), names
