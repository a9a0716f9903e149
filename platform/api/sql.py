"""Raw SQL, for what the ORM cannot express or is measurably too slow at."""

from collections.abc import Mapping
from typing import Any

from django.db import connection


def rows_of(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement with named parameters, such as `%(user)s`."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
