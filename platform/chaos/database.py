"""The harness's own PostgreSQL server, and every way in which it is broken."""

import os
import shutil
import signal
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from config.localdb import cluster, locks, processes
from config.localdb.place import place_of, socket_folder
from config.localdb.server import DATABASE, PORT, USER, Address

# How the harness's own connections are told from the product's.
_NAME = "chaos"
_APP_BACKENDS = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND application_name <> %s"
_TERMINATE = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE backend_type = 'client backend' AND application_name <> %s"
)
_GONE_SECONDS = 30.0


class ServerStays(Exception):
    """The server's processes did not end. Look for what holds them up, and end them."""


class Database:
    """A server in a folder. While the harness lives nothing but the harness starts it again; after it, nothing runs."""

    def __init__(self, folder: Path) -> None:
        """Take an empty folder; `start` starts the server."""
        self._folder = folder
        self._place = place_of(folder)
        self._started = False
        self.address = Address(str(socket_folder(self._place)), PORT, USER, DATABASE)

    @property
    def url(self) -> str:
        """The server's DATABASE_URL."""
        host = urlencode({"host": self.address.host})
        return f"postgres://{self.address.user}@:{self.address.port}/{self.address.database}?{host}"

    def start(self) -> None:
        """Start the server unless it runs, and wait until it is ready."""
        self.address = cluster.ensure_running(self._folder, anew=self._started)
        self._started = True

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection of the harness; each statement is a transaction."""
        where = self.address
        return psycopg.connect(
            host=where.host,
            port=where.port,
            user=where.user,
            dbname=where.database,
            application_name=_NAME,
            connect_timeout=5,
            autocommit=True,
        )

    def app_backends(self) -> list[int]:
        """Return the server's processes that serve the product."""
        with self.connect() as connection:
            return [pid for (pid,) in connection.execute(_APP_BACKENDS, [_NAME])]

    def terminate_app_backends(self, connection: psycopg.Connection[tuple[Any, ...]]) -> int:
        """End the product's connections as an administrator would, and return how many there were."""
        return len(connection.execute(_TERMINATE, [_NAME]).fetchall())

    def kill_app_backend(self) -> bool:
        """Kill one process that serves the product, and say whether there was one; PostgreSQL then restarts itself."""
        for pid in self.app_backends():
            return _send(signal.SIGKILL, [pid]) == 1
        return False

    def kill(self) -> None:
        """Kill the postmaster, and wait until its children have noticed."""
        _send(signal.SIGKILL, self._postmaster())
        self._wait_until_gone()

    def shut_down_at_once(self) -> None:
        """Stop the server without a goodbye to clients (PostgreSQL's immediate shutdown)."""
        _send(signal.SIGQUIT, self._postmaster())
        self._wait_until_gone()

    def silence(self) -> None:
        """Halt every process of the server: connections stay, nothing answers."""
        halted: set[int] = set()
        # The postmaster first, so that it starts no further ones; those it was just starting are found the next time.
        _send(signal.SIGSTOP, self._postmaster())
        while pids := self._pids() - halted:
            _send(signal.SIGSTOP, pids)
            halted |= pids

    def speak(self) -> None:
        """Let the halted processes go on."""
        _send(signal.SIGCONT, self._pids())

    def remove(self) -> None:
        """Stop the server and remove everything of it."""
        self.speak()
        processes.stop(self._place, self._name())
        for folder in (self._place.home, Path(self.address.host)):
            shutil.rmtree(folder, ignore_errors=True)

    def _postmaster(self) -> list[int]:
        postmaster = processes.read_postmaster(self._place.data)
        return [postmaster.pid] if postmaster is not None and postmaster.pid in self._pids() else []

    def _pids(self) -> set[int]:
        return processes.server_pids(self._place, self._name())

    def _name(self) -> str:
        descriptor = locks.open_lock(self._place.clients_lock)
        try:
            return processes.server_name(descriptor)
        finally:
            os.close(descriptor)

    def _wait_until_gone(self) -> None:
        deadline = time.monotonic() + _GONE_SECONDS
        while self._pids():
            if time.monotonic() > deadline:
                raise ServerStays(ServerStays.__doc__)
            time.sleep(locks.POLL_SECONDS)


@contextmanager
def database_in_a_folder(prefix: str) -> Iterator[tuple[Path, Database]]:
    """Yield a temporary folder and the running server in it; nothing of them is left afterwards."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix=prefix))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # The server's account passes through to its own folder, and sees nothing else.
        folder.chmod(0o711)
        database = Database(folder / "database")
        stack.callback(database.remove)
        database.start()
        yield folder, database


def _send(kind: signal.Signals, pids: Iterable[int]) -> int:
    """Send a signal to each process that is still there, and return how many were."""
    sent = 0
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, kind)
            sent += 1
    return sent
