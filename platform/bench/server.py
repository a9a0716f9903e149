"""The benchmark's own PostgreSQL server, and its databases: made, copied, dropped, connected to."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg
from django.db import connections
from psycopg import sql

from config.localdb import cluster
from config.localdb.server import SETTINGS, Address

ROOT = Path(__file__).resolve().parents[2]
# Shown beside the figures: what decides how much of a million events lies in memory, and what a commit waits for.
SHOWN_SETTINGS = {name: SETTINGS[name] for name in ("shared_buffers", "max_wal_size", "jit")} | {"fsync": "on"}

Connection = psycopg.Connection[tuple[Any, ...]]


class Server:
    """The embedded server, with the product's own settings for it, in a folder of the benchmark's."""

    def __init__(self, folder: Path) -> None:
        """Start it; it runs for as long as this process does."""
        self.folder = folder
        self.address: Address = cluster.ensure_running(folder)

    def url(self, name: str) -> str:
        """Return the DATABASE_URL of one of its databases."""
        where = urlencode({"host": self.address.host})
        return f"postgres://{self.address.user}@:{self.address.port}/{name}?{where}"

    def connect(self, name: str) -> Connection:
        """Return a connection; each statement is a transaction."""
        where = self.address
        return psycopg.connect(host=where.host, port=where.port, user=where.user, dbname=name, autocommit=True)

    def database_of_django(self, name: str) -> None:
        """Point Django's connection at a database."""
        wrapper = connections["default"]
        wrapper.close()
        wrapper.settings_dict["NAME"] = name
        # Commands, the web server's workers among them, that are started from here.
        os.environ["DATABASE_URL"] = self.url(name)

    def create(self, name: str, *, copy_of: str = "template1") -> None:
        """Make a database, in place of one of that name; a copy is as fresh as its original was."""
        connections["default"].close()
        self.drop(name)
        # By files: the other way would write each page of a large copy to the log as well.
        command = sql.SQL("CREATE DATABASE {} TEMPLATE {} STRATEGY file_copy")
        self._manage(command.format(sql.Identifier(name), sql.Identifier(copy_of)))

    def drop(self, name: str) -> None:
        """Remove a database, whoever is connected, if there is one."""
        self._manage(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))

    def remark_on(self, name: str) -> str:
        """Return what is remarked about a database; nothing if there is none."""
        with self.connect("postgres") as connection:
            row = connection.execute(
                "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
            ).fetchone()
        return row[0] or "" if row else ""

    def remark(self, name: str, text: str) -> None:
        """Write a remark about a database, which says that it is complete and what it holds."""
        self._manage(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), sql.Literal(text)))

    @contextmanager
    def copied(self, name: str) -> Iterator[str]:
        """Lend a fresh copy of a database, with Django's connection pointed at it, and drop it afterwards."""
        copy = "bench_scratch"
        self.create(copy, copy_of=name)
        self.database_of_django(copy)
        try:
            yield copy
        finally:
            connections["default"].close()
            self.drop(copy)
            self.database_of_django(name)

    def _manage(self, command: sql.Composed) -> None:
        with self.connect("postgres") as connection:
            connection.execute(command)


def folder_of_the_server() -> Path:
    """Return where the server keeps its data: BENCH_DIR, else .bench beside the product's own .localdb."""
    return Path(os.environ.get("BENCH_DIR") or ROOT / ".bench")
