"""The way in to the embedded server: a client asks for it to run, and it does while clients live."""

# Note [Locks]
# Three files, all flock'ed, so that the kernel frees them however a holder dies; taken in this order:
#   start.lock       exclusive, while somebody initialises, starts or stops the server; programs that do a part of it
#                    inherit it, so that killing their parent does not let anybody in before they end.
#   clients.lock     shared, by every client for its lifetime; taken only under start.lock. The file's number also
#                    names the server (processes.server_name).
#   supervisor.lock  exclusive, by the supervisor for its lifetime. A client takes it and hands it to the supervisor
#                    that it starts, as its standard input: there is never a moment with two or with a false one.
# The supervisor sleeps until clients.lock is free, and looks again under start.lock before it stops the server.

import atexit
import fcntl
import os
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.localdb import locks
from config.localdb.errors import LocalDatabaseError
from config.localdb.place import Place, place_of
from config.localdb.processes import server_name
from config.localdb.server import Address, address_of, open_log, python, python_environment, start


@dataclass(frozen=True)
class _Lease:
    """That this process is a client; `descriptor` holds clients.lock, `pid` tells a fork's copy from our own."""

    pid: int
    descriptor: int
    place: Place
    address: Address


_leases: dict[Path, _Lease] = {}
_mutex = threading.RLock()
# A fork waits until no thread is in the middle of a start: the child would keep descriptors of locks it knows not of.
os.register_at_fork(before=_mutex.acquire, after_in_parent=_mutex.release, after_in_child=_mutex.release)


def ensure_running(directory: Path, *, anew: bool = False) -> Address:
    """Make sure that the server in this folder runs for as long as this process does, and return where it listens.

    Only the first call of a process looks; `anew` looks again, after a connection failed. Raises LocalDatabaseError.
    """
    with _mutex:
        lease = _leases.get(directory)
        if lease is None or lease.pid != os.getpid() or anew:
            try:
                _leases[directory] = _join(directory)
            except OSError as error:
                raise LocalDatabaseError(
                    f"The folder {directory} of the embedded database cannot be used ({error}). Make it writable for "
                    "this user, or set LOCALDB_DIR to another folder or DATABASE_URL to a PostgreSQL server."
                ) from error
            except subprocess.SubprocessError as error:
                raise LocalDatabaseError(
                    f"A program of the embedded database failed: {error}. Try again, or set DATABASE_URL to a "
                    "PostgreSQL server."
                ) from error
            if lease is not None:
                _drop(lease)
        return _leases[directory].address


def _join(directory: Path) -> _Lease:
    """Become a client. See Note [Locks]."""
    place = place_of(directory)
    with locks.exclusive(place.start_lock) as start_lock:
        descriptor = locks.open_lock(place.clients_lock)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH)
            # Before the server, so that there is no moment in which our death leaves one behind.
            _supervise(place)
            address = address_of(place) or start(place, server_name(descriptor), start_lock=start_lock)
        except BaseException:
            os.close(descriptor)
            raise
    return _Lease(os.getpid(), descriptor, place, address)


def _supervise(place: Place) -> None:
    """Start a supervisor unless there is one."""
    own_lock = locks.open_lock(place.supervisor_lock)
    try:
        if not locks.try_exclusive(own_lock):
            return
        log = open_log(place)
        try:
            subprocess.run(  # noqa: S603 -- our own module
                python("supervisor", str(place.home)),
                stdin=own_lock,
                stdout=subprocess.DEVNULL,
                stderr=log,
                cwd="/",
                env=python_environment(),
                start_new_session=True,
                check=True,
            )
        finally:
            os.close(log)
    finally:
        os.close(own_lock)


def _drop(lease: _Lease) -> None:
    """Close the descriptor of an earlier lease, or of the one that a fork copied."""
    try:
        # A daemon may have closed every descriptor, and opened something else under this number.
        if locks.is_current(lease.descriptor, lease.place.clients_lock):
            os.close(lease.descriptor)
    except OSError:
        pass


@atexit.register
def _leave_supervised() -> None:
    """Start a supervisor if ours was killed: nobody else would stop the server after us."""
    # The folder is being removed, the machine shuts down, or a second Ctrl-C came: nothing is left to be said or done.
    with suppress(OSError, subprocess.SubprocessError, SystemExit, KeyboardInterrupt):
        for lease in _leases.values():
            if lease.pid == os.getpid() and lease.place.home.exists():
                _supervise(lease.place)
