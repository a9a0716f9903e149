"""The worlds: for each size a database of events, users and interactions, made by SQL."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from psycopg import sql

from bench.server import Connection, Server
from bench.statements import changed, statement
from events.categories import Category
from interactions.recount import miscounts
from users.models import User

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
INTERACTIONS_PER_EVENT = 20
DISMISSER = "dismisser"
DISMISSALS = 5_000
RAREST = "other"
_BATCH = 1_000_000
# Part of a world's remark: another number makes worlds of earlier programs be built again.
_VERSION = 5
# What lay ahead when a world was made gets past. After this it is built again.
_FRESH = timedelta(hours=6)
# A few rows come in batches; this much memory sorts an index of twenty millions in a few runs.
_LOADING = "SET session_replication_role = replica; SET maintenance_work_mem = '512MB'; SET work_mem = '256MB'"


class WrongCounts(Exception):
    """Counts that were kept are not what counting gives. The figures would be of another world; look for the bug."""


@dataclass(frozen=True)
class World:
    """A database of one size."""

    size: str
    database: str
    events: int

    @property
    def users(self) -> int:
        """How many users it has, apart from the one who dismisses."""
        return self.events // 5

    @property
    def interactions(self) -> int:
        """How many interactions it has, apart from that user's."""
        return self.events * INTERACTIONS_PER_EVENT


def world_of(size: str) -> World:
    """Return the world of a size, whether it is built or not."""
    return World(size, f"bench_{size}", SIZES[size])


def prepare(server: Server, world: World, say: Callable[[str], None]) -> None:
    """Build the world's database unless it is there and of today, and point Django at it."""
    version, _, made_at = server.remark_on(world.database).partition(" ")
    if version == _version() and datetime.now(UTC) - datetime.fromisoformat(made_at) < _FRESH:
        server.database_of_django(world.database)
        return
    began = time.monotonic()
    now = datetime.now(UTC)
    server.create(world.database)
    server.database_of_django(world.database)
    call_command("migrate", verbosity=0)
    with server.connect(world.database) as loading:
        _load(loading, world, now, say)
    dismiss_the_top(now)
    # As autovacuum leaves tables that have been there for a while; without it the first readers would do its work.
    with server.connect(world.database) as tidying:
        tidying.execute("VACUUM (ANALYZE, FREEZE)")
        tidying.execute("CHECKPOINT")
    if miscounts():
        raise WrongCounts
    connection.close()
    server.remark(world.database, f"{_version()} {now.isoformat()}")
    say(f"{world.size}: built in {time.monotonic() - began:.0f} s")


def _version() -> str:
    """Return what tells the worlds of this program and these migrations from others."""
    migrations = sorted(MigrationLoader(None).disk_migrations)
    return f"{_VERSION}-{hashlib.sha256(repr(migrations).encode()).hexdigest()[:12]}"


def values_of(world: World, now: datetime) -> dict[str, Any]:
    """Return what the statements that fill a world are given."""
    return {
        "now": now,
        "events": world.events,
        "users": world.users,
        "categories": [category.value for category in Category],
        # Twenty million interactions lie within 300 days as fewer do.
        "seconds": 300 * 86_400 / world.interactions,
    }


def _load(loading: Connection, world: World, now: datetime, say: Callable[[str], None]) -> None:
    values = values_of(world, now)
    loading.execute(_LOADING)
    loading.execute(statement("world_functions"))
    indexes = loading.execute(statement("indexes")).fetchall()
    for name, _ in indexes:
        loading.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    for name in ("world_users", "world_events"):
        changed(loading, name, values)
    for first in range(1, world.interactions + 1, _BATCH):
        last = min(first + _BATCH - 1, world.interactions)
        loading.execute(statement("world_interactions"), {**values, "first": first, "last": last})
        say(f"{world.size}: {last:,} interactions")
    loading.execute(statement("world_tallies"))
    say(f"{world.size}: indexes")
    for _, definition in indexes:
        loading.execute(definition.encode())


def dismiss_the_top(now: datetime) -> None:
    """Make the user who has dismissed what is most popular."""
    User.objects.create_user(DISMISSER)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE interactions_tally")
        cursor.execute(statement("world_dismissals"), {"username": DISMISSER, "now": now, "number": DISMISSALS})
