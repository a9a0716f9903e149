"""This file holds the reading by statements that the server plans once for each connection."""

from collections.abc import Mapping
from typing import Any

from django.db import connection
from psycopg import Cursor
from psycopg.types.datetime import TimestamptzLoader


def rows_of(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement of constant text, which is sent and planned at its first use on a connection.

    Planning a page of the feed takes longer than reading it. Django's own cursors write the parameters into the text,
    so that no two statements are the same. The one plan serves every parameter (`plan_cache_mode` in the settings), so
    this is for statements whose shape says how they are read, and the tests hold their plans against that.
    """
    # What connection.cursor() does, but for the kind of cursor; Django's types do not know of the other kind.
    database: Any = connection
    database.close_if_health_check_failed()
    database.ensure_connection()
    make_cursor = database.make_debug_cursor if database.queries_logged else database.make_cursor
    with make_cursor(Cursor(database.connection)) as cursor:
        # Django's own loader makes the same of a time, in Python: for two times in each row that is felt.
        cursor.cursor.adapters.register_loader("timestamptz", TimestamptzLoader)
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
        return rows
