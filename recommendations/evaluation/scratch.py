"""This file holds scratch databases: made beside the one that is in use, pointed at for a while, and dropped."""

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
    """The database's user may not make databases. Let it, ALTER ROLE … CREATEDB, or evaluate where it may."""


@contextmanager
def scratch_template() -> Iterator[str]:
    """Give the name of an empty database with the tables of this program; it is dropped afterwards.

    Also after an error, an interruption or SIGTERM. NoScratch if the user of the database may not make one.
    """
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(6)}"
    with _ended_properly(), _made(name, "CREATE DATABASE {}", name):
        with pointed_at(name):
            call_command("migrate", verbosity=0)
        yield name


@contextmanager
def scratch_copy(template: str) -> Iterator[None]:
    """Point Django at a copy of a database, which is dropped afterwards."""
    name = f"{template}_{secrets.token_hex(3)}"
    with _made(name, "CREATE DATABASE {} TEMPLATE {}", name, template), pointed_at(name):
        yield


@contextmanager
def pointed_at(name: str) -> Iterator[None]:
    """Point the default connection at another database of the same server, as Django's test runner does.

    What is kept outside of the database goes by ids, which begin anew in each: the model in memory is forgotten, and
    listings are kept under keys of the other database's own.
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
def _ended_properly() -> Iterator[None]:
    """Let SIGTERM end this as Ctrl-C does, so that nothing is left behind."""
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
