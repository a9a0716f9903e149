"""The search of the whole database for what names a user: every column of every table."""

import json
import re
from typing import Any

from django.db import connection
from psycopg import sql

from users.models import User


def tables() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT table_name FROM information_schema.tables"
            " WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name"
        )
        return [name for (name,) in cursor.fetchall()]


def references_to_users() -> set[tuple[str, str]]:
    """Return the columns that the database holds against the users: (table, column)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT conrelid::regclass::text, attname
            FROM pg_constraint JOIN pg_attribute ON attrelid = conrelid AND attnum = ANY (conkey)
            WHERE contype = 'f' AND confrelid = 'users_user'::regclass
            """
        )
        return set(cursor.fetchall())


def rows_naming(words: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return every row in which one of the words stands by itself, in a column of any type, by table."""
    pattern = r"(^|[^[:alnum:]])(" + "|".join(re.escape(word) for word in words) + r")($|[^[:alnum:]])"
    result = {}
    with connection.cursor() as cursor:
        for table in tables():
            query = sql.SQL("SELECT to_jsonb(t) FROM {} AS t WHERE to_jsonb(t)::text ~* %s").format(
                sql.Identifier(table)
            )
            cursor.execute(query, [pattern])
            if rows := [json.loads(row) if isinstance(row, str) else row for (row,) in cursor.fetchall()]:
                result[table] = rows
    return result


def words_for(user: User) -> list[str]:
    return [str(user.pk), user.username, user.email, user.display_name, user.first_name, user.last_name]
