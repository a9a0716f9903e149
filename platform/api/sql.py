"""Raw SQL, for what the ORM cannot express or is measurably too slow at."""

from collections.abc import Mapping
from typing import Any

from django.db import connections

from api.databases import read_alias


def rows_of(sql: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement with named parameters, such as `%(user)s`, from the database that is read."""
    with connections[read_alias()].cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
