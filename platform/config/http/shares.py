"""This file holds how many connections each worker process has, where all of them can see it."""

import mmap

# More than there are worker processes.
_PLACES = 256


class Shares:
    """A number of connections for each worker process, in memory that the master shares with those it forks.

    Whoever of several processes wakes first accepts a client, and whoever is awake wakes first: left alone, one of two
    had all eight connections in one of four runs, and refused what the other had nothing else to do than answer.
    """

    def __init__(self) -> None:
        """Begin without any worker."""
        # 0 for no worker, else one more than its connections.
        self._counts = memoryview(mmap.mmap(-1, 4 * _PLACES)).cast("I")

    def tell(self, worker: int, connections: int) -> None:
        """Say how many a worker has. Workers are numbered as they come."""
        self._counts[worker % _PLACES] = connections + 1

    def forget(self, worker: int) -> None:
        """Say that a worker is no more."""
        self._counts[worker % _PLACES] = 0

    def is_above_least(self, connections: int) -> bool:
        """Return whether some worker has fewer connections than this."""
        return min(filter(None, self._counts), default=connections + 1) - 1 < connections


# Of the process that imports this, and of those that it forks.
SHARES = Shares()
