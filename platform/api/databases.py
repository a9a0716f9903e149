"""Which database answers: the primary, or for what only reads a standby, if there is one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from time import monotonic
from typing import Any

from django.conf import settings
from django.db import connections
from django.db.models import Model

PRIMARY, STANDBY = "default", "standby"
# A standby's snapshot does not tell which transactions are in progress, so a feed that begins there leaves out of its
# later pages whatever was demoted since the oldest of them began. While that is longer ago, feeds begin on the primary.
LONG_SECONDS = 5.0
_oldest: tuple[int, float] = (0, 0.0)
# Set for the requests that a standby may answer; see config/http/standby.py.
_reading: ContextVar[str] = ContextVar("reading", default=PRIMARY)


def has_standby() -> bool:
    """Return whether a standby is configured."""
    return STANDBY in settings.DATABASES


def read_alias() -> str:
    """Return the alias of the database that reads go to at present."""
    return _reading.get()


@contextmanager
def reading_from(alias: str) -> Iterator[None]:
    """Let reads go to a database until the end of the block, unless read_the_primary() is called in it."""
    token = _reading.set(alias)
    try:
        yield
    finally:
        _reading.reset(token)


def read_the_primary() -> None:
    """Let reads go to the primary from now on, until the end of reading_from()."""
    _reading.set(PRIMARY)


def has_replayed(lsn: str) -> bool:
    """Return whether the database that is read contains everything up to a position of the write-ahead log.

    A primary contains all there is.
    """
    if read_alias() == PRIMARY:
        return True
    with connections[STANDBY].cursor() as cursor:
        # Null once it has been promoted: then it is a primary.
        cursor.execute("SELECT coalesce(pg_last_wal_replay_lsn() >= %s::pg_lsn, true)", [lsn])
        (replayed,) = cursor.fetchone()
    return bool(replayed)


def has_long_transaction(xids: str) -> bool:
    """Return whether this process has seen, for LONG_SECONDS, the same oldest transaction in progress in snapshots.

    `xids` is a snapshot as PostgreSQL writes it, xmin:xmax:xip_list.
    """
    global _oldest
    xmin, xmax = (int(xid) for xid in xids.split(":")[:2])
    if xmin == xmax:
        return False
    seen, since = _oldest
    if seen != xmin:
        _oldest = (xmin, monotonic())
        return False
    return monotonic() - since > LONG_SECONDS


class StandbyRouter:
    """Django's database router: reads as read_alias() says, everything else on the primary."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str:
        """Return where a model is read; the cache's table is unlogged, which a standby does not have."""
        return PRIMARY if model._meta.app_label == "django_cache" else read_alias()

    def db_for_write(self, model: type[Model], **hints: Any) -> str:
        """Return where a model is written."""
        return PRIMARY

    def allow_relation(self, one: Model, other: Model, **hints: Any) -> bool:
        """Allow relations between rows that were read from different databases: they are the same one."""
        return True

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:
        """Return whether a database is migrated: a standby follows by itself."""
        return db == PRIMARY
