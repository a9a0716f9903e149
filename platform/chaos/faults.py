"""The faults that strike while people write: one after the other, every few seconds."""

import time
from collections import Counter

import psycopg

from chaos.stage import Stage

_EVERY_SECONDS = 2.5


class Faults:
    """Strikes in turn: a worker, a process of the database, its connections, the whole database."""

    def __init__(self, stage: Stage) -> None:
        """Take what is struck; the first fault comes after a moment of peace."""
        self._stage = stage
        self._struck: Counter[str] = Counter()
        self._turn = 0
        self._next_at = time.monotonic() + _EVERY_SECONDS

    def strike(self) -> None:
        """Strike if it is time to."""
        if time.monotonic() < self._next_at:
            return
        turns = (self._worker, self._backend, self._worker, self._connections, self._worker, self._postmaster)
        try:
            turns[self._turn % len(turns)]()
        except psycopg.OperationalError:
            # Still recovering from the last fault, so that this one finds nothing to strike.
            self._struck["found the database away"] += 1
        self._turn += 1
        self._next_at = time.monotonic() + _EVERY_SECONDS

    def told(self) -> str:
        """Return how often each fault struck."""
        return ", ".join(f"{number} × {name}" for name, number in sorted(self._struck.items())) or "none"

    def _worker(self) -> None:
        if self._stage.product.kill_worker():
            self._struck["worker killed"] += 1

    def _backend(self) -> None:
        if self._stage.database.kill_app_backend():
            self._struck["database process killed"] += 1

    def _connections(self) -> None:
        with self._stage.database.connect() as connection:
            self._struck["connections ended"] += self._stage.database.terminate_app_backends(connection)

    def _postmaster(self) -> None:
        self._stage.database.kill()
        self._stage.database.start()
        self._struck["postmaster killed and started"] += 1
