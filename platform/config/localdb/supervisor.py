"""The detached program that stops the server when the last client is gone, however it died."""

import fcntl
import math
import os
import sys
from contextlib import suppress
from pathlib import Path

from config.localdb import locks, processes
from config.localdb.place import Place

# Its standard input is the locked supervisor.lock. As the lowest descriptor it is also the first that the kernel
# closes when this process is killed: nobody can take the start lock and still find a supervisor that is none.
OWN_LOCK = 0


def supervise(place: Place) -> None:
    """Wait for the last client to end, stop the server, and return."""
    clients = locks.open_lock(place.clients_lock)
    name = processes.server_name(clients)
    while True:
        fcntl.flock(clients, fcntl.LOCK_EX)
        # Waiting for the start lock with this in hand would deadlock with a client that has the start lock.
        fcntl.flock(clients, fcntl.LOCK_UN)
        if not locks.is_current(clients, place.clients_lock):
            # The folder was removed. PostgreSQL would notice within a minute; a server in a new folder is not ours.
            processes.stop(place, name)
            return
        with locks.exclusive(place.start_lock, wait_seconds=math.inf):
            # A client takes its lock only under the start lock, so nobody can arrive from here on.
            if not locks.try_exclusive(clients):
                continue
            postmaster = processes.read_postmaster(place.data)
            processes.stop(place, name)
            if postmaster is not None and not Path(postmaster.socket_folder).is_relative_to(place.home):
                _remove_empty(Path(postmaster.socket_folder))
            # Given back before the start lock: the next client must find either a supervisor or none.
            fcntl.flock(OWN_LOCK, fcntl.LOCK_UN)
            return


def _remove_empty(folder: Path) -> None:
    # Not empty after a killed server; the next stop removes it.
    with suppress(OSError):
        folder.rmdir()


if __name__ == "__main__":
    # The client waits for the first process and never has a child to look after.
    if os.fork() == 0:
        supervise(Place(Path(sys.argv[1]), None))
