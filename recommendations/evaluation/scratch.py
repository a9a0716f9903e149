"""Scratch databases: created next to the one in use, used for a while, and dropped."""

from __future__ import annotations

import os
import secrets
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from django.core.cache import caches
from django.core.management import call_command
from django.db import connection
from psycopg import errors, sql

from recommendations.hybrid.serve import model_of

PREFIX = "marquee_scratch_"


class NoScratch(Exception):
    """The database user may not create databases. Allow it with ALTER ROLE … CREATEDB, or use another server."""


@contextmanager
def scratch_template() -> Iterator[str]:
    """Give the name of an empty, migrated database, and drop it afterwards.

    Also after an error, an interruption or SIGTERM. NoScratch if the database user may not create databases.
    """
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(6)}"
    with _ending_on_sigterm(), _made(name, "CREATE DATABASE {}", name):
        with pointed_at(name):
            call_command("migrate", verbosity=0)
        yield name


@contextmanager
def scratch_copy(template: str) -> Iterator[None]:
    """Point Django at a copy of a database, and drop it afterwards."""
    name = f"{template}_{secrets.token_hex(3)}"
    with _made(name, "CREATE DATABASE {} TEMPLATE {}", name, template), pointed_at(name):
        yield


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Point the default connection at another database of the same server, as Django's test runner does.

    Ids begin again in each database, so what is stored by id elsewhere is kept apart: the model in memory is dropped,
    and the cache gets a prefix of its own.
    """
    settings, store = connection.settings_dict, caches["default"]
    before = settings["NAME"], store.key_prefix
    connection.close()
    model_of.cache_clear()
    settings["NAME"], store.key_prefix = name, name
    try:
        yield
    finally:
        connection.close()
        model_of.cache_clear()
        settings["NAME"], store.key_prefix = before


@contextmanager
def _made(name: str, command: str, *names: str) -> Iterator[None]:
    try:
        _run(command, *names)
    except errors.InsufficientPrivilege as error:
        raise NoScratch(NoScratch.__doc__) from error
    try:
        yield
    finally:
        _run("DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


@contextmanager
def _ending_on_sigterm() -> Iterator[None]:
    """Let SIGTERM raise an exception, as Ctrl-C does, so that nothing is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _end)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _end(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _run(command: str, *names: str) -> None:
    connection.ensure_connection()
    with connection.connection.cursor() as cursor:
        cursor.execute(sql.SQL(command).format(*map(sql.Identifier, names)))
