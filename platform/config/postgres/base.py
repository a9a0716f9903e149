"""The Django backend: the ordinary PostgreSQL one, which gives up on a server that says nothing."""

import select
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from time import monotonic
from typing import Any, ClassVar

from django.db.backends.postgresql import base, features, operations
from psycopg import Connection, OperationalError
from psycopg.abc import Buffer
from psycopg.adapt import AdaptersMap
from psycopg.errors import _WaitTimeout
from psycopg.pq import TransactionStatus
from psycopg.types.datetime import TimestamptzLoader

# A connection that was heard of so lately is looked at instead of being asked: a third of a request's round trips.
_FRESH_SECONDS = 0.25


@dataclass(frozen=True)
class Patience:
    """How long a process waits for an answer of the server, and whom it tells when there was none.

    A server that is halted, or cut off without a word, keeps its connections; no limit of its own ends a statement
    then. While `is_away` says so nobody but a probe connects.
    """

    # None for as long as it takes.
    statement_seconds: float | None
    # For the check, before a request, that a kept connection still works.
    check_seconds: float
    # Both are given the alias of the database.
    on_silence: Callable[[str], None]
    is_away: Callable[[str], bool]


class _TimestampLoader(TimestamptzLoader):
    """Reads times by the standard library's parser, which is written in C; psycopg's own reads what that one refuses.

    A page has 63 of them: 0.3 µs each instead of 3.4 by Django's loader, which `timezone` is taken from.
    """

    timezone = UTC

    def load(self, data: Buffer) -> datetime:
        try:
            return datetime.fromisoformat(str(data, "ascii"))
        except ValueError:
            return super().load(data)


class DatabaseFeatures(features.DatabaseFeatures):
    """PostgreSQL's features; a statement binds at most 65,535 parameters in the server, some beside the rows."""

    max_query_params = 60_000


class DatabaseOperations(operations.DatabaseOperations):
    """PostgreSQL's operations, which split what would need too many parameters."""

    def bulk_batch_size(self, fields: Sequence[Any], objs: Sequence[Any]) -> int:
        """Return how many rows bulk_create(), bulk_update() and deletions send at once, at least 1."""
        return max(DatabaseFeatures.max_query_params // max(len(fields), 1), 1)


class DatabaseWrapper(base.DatabaseWrapper):
    """A connection that ends when the server has been silent for too long; commands wait for as long as it takes."""

    features_class = DatabaseFeatures
    ops_class = DatabaseOperations
    # Set for processes that serve: see config/serving.py.
    patience: ClassVar[Patience | None] = None
    is_probe = False
    _checking = False
    # When the server last answered, by the clock that never goes back.
    _heard_at = float("-inf")

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; OperationalError at once while the database is known to be away."""
        patience = self.patience
        if patience is None:
            return super().get_new_connection(conn_params)
        if patience.is_away(self.alias) and not self.is_probe:
            raise OperationalError("The database is away.")
        connection = super().get_new_connection(conn_params)
        connection.wait = partial(self._wait, connection, patience)
        return connection

    def get_connection_params(self) -> dict[str, Any]:
        """Return Django's parameters, with another loader of times."""
        parameters = super().get_connection_params()
        parameters["context"] = AdaptersMap(parameters["context"].adapters)
        parameters["context"].register_loader("timestamptz", _TimestampLoader)
        return parameters

    def is_usable(self) -> bool:
        """Return whether the connection works; a silent one does not."""
        if self._is_fresh():
            return True
        self._checking = True
        try:
            return bool(super().is_usable())
        finally:
            self._checking = False

    def _is_fresh(self) -> bool:
        """Return whether the server answered a moment ago, and has not hung up since."""
        if monotonic() - self._heard_at > _FRESH_SECONDS:
            return False
        # Closed, in a failed transaction, or none at all.
        if self.connection is None or self.connection.info.transaction_status != TransactionStatus.IDLE:
            return False
        # It has nothing to say that was not asked for, but goodbye.
        unasked = select.poll()
        unasked.register(self.connection.pgconn.socket, select.POLLIN)
        return not unasked.poll(0)

    def _wait(
        self, connection: Connection, patience: Patience, generator: Any, interval: float = 0.1, **others: Any
    ) -> Any:
        seconds = patience.check_seconds if self._checking else patience.statement_seconds
        try:
            answer = Connection.wait(connection, generator, interval, **{"timeout": seconds, **others})
        except _WaitTimeout as error:
            # What it would answer later belongs to nobody.
            connection.pgconn.finish()
            patience.on_silence(self.alias)
            raise OperationalError(f"The database has said nothing for {seconds:g} seconds.") from error
        self._heard_at = monotonic()
        return answer
