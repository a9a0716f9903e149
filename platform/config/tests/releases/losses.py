"""The comparison of a database before and after an update."""

import json
from collections import Counter

from django.db import connection

from config.tests.naming import tables

TEXTS = (
    "events_event.title", "events_event.description", "events_event.tags", "events_event.location_name",
    "events_event.url", "events_organiser.name", "events_organiser.external_id", "users_user.first_name",
    "users_user.last_name", "users_user.display_name",
)  # fmt: skip
# What migrations change on purpose: a table that is dropped or rewritten, or "table.column" that is; and why.
MEANT = {
    "users_session.session_key": "A digest takes the place of the key.",
    "users_user.email": "E-mail addresses are in lower case, as allauth finds them.",
    # What becomes of them, and that no others change, is a test of its own.
    **dict.fromkeys(TEXTS, "Texts that break the rules for text are cleaned."),
    "django_content_type.model": "Run is TrainingRun, and Trait is EntityFactors.",
    "auth_permission.codename": "The same.",
    "auth_permission.name": "The same.",
}
# Columns under a new name, with the values that they had.
RENAMED = {
    "interactions_tally.receded_xid": "demoted_xid",
    "interactions_tally.receded_at": "demoted_at",
}
# What a migration's way back cannot restore, and why.
MEANT_BACKWARDS = {
    "users_session": "A key cannot be had from its digest: all sessions end.",
}
# Django adds to these for each new model and migration.
GROWING = ("auth_permission", "django_content_type", "django_migrations")

Rows = dict[str, list[dict[str, object]]]


def rows_of_every_table() -> Rows:
    result = {}
    with connection.cursor() as cursor:
        for table in tables():
            cursor.execute(f"SELECT to_jsonb(row)::text FROM {table} AS row")
            result[table] = [json.loads(text) for (text,) in cursor.fetchall()]
    return result


def losses(before: Rows, after: Rows, meant: dict[str, str]) -> list[str]:
    """Return what is in the first and not in the second, and rows that nobody had put there.

    Tables and columns may be added. What is meant is left out.
    """
    said = []
    for table, rows in before.items():
        if table in meant or not rows:
            continue
        if table not in after:
            said.append(f"the table {table} is gone")
            continue
        now_there = set(after[table][0]) if after[table] else set(rows[0])
        names = {column: RENAMED.get(f"{table}.{column}", column) for column in rows[0] if column not in now_there}
        rows = [{names.get(column, column): value for column, value in row.items()} for row in rows]
        columns = {column for column in rows[0] if f"{table}.{column}" not in meant}
        said += [f"the column {table}.{column} is gone" for column in sorted(columns - now_there)]
        kept = columns & now_there
        had, has = (
            Counter(json.dumps({name: row[name] for name in kept}, sort_keys=True) for row in side)
            for side in (rows, after[table])
        )
        said += [f"{table} has lost {row[:300]}" for row in had - has]
        if table not in GROWING:
            said += [f"{table} has got {row[:300]}" for row in has - had]
    return said
