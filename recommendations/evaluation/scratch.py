"""This file holds scratch databases: made beside the one that is in use, pointed at for a while, and dropped."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from django.core.management import call_command
from django.db import connection
from psycopg import sql


@contextmanager
def scratch_template() -> Iterator[str]:
    """Give the name of an empty database with the tables of this program; it is dropped afterwards."""
    name = f"marquee_scratch_{secrets.token_hex(6)}"
    _run("CREATE DATABASE {}", name)
    try:
        with pointed_at(name):
            call_command("migrate", verbosity=0)
        yield name
    finally:
        _run("DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def scratch_copy(template: str) -> Iterator[None]:
    """Point Django at a copy of a database, which is dropped afterwards."""
    name = f"{template}_{secrets.token_hex(3)}"
    _run("CREATE DATABASE {} TEMPLATE {}", name, template)
    try:
        with pointed_at(name):
            yield
    finally:
        _run("DROP DATABASE {} WITH (FORCE)", name)


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Point the default connection at another database of the same server, as Django's test runner does."""
    settings = connection.settings_dict
    before = settings["NAME"]
    connection.close()
    settings["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        settings["NAME"] = before


def _run(command: str, *names: str) -> None:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(sql.SQL(command).format(*map(sql.Identifier, names)))
