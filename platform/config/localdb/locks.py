"""File locks that the kernel frees however their holder dies."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.localdb.errors import LocalDatabaseError

# Longer than the slowest start, so that only a stopped or hanging holder is ever reported.
WAIT_SECONDS = 180
POLL_SECONDS = 0.01


def open_lock(path: Path) -> int:
    """Open a lock file, made if missing, and return its descriptor, which programs started later do not inherit."""
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def try_exclusive(descriptor: int) -> bool:
    """Take the lock if nobody else has it, and say whether that worked."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_current(descriptor: int, path: Path) -> bool:
    """Say whether the opened file is still the one at the path; a removed folder takes its lock files along."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def exclusive(path: Path, *, wait_seconds: float = WAIT_SECONDS) -> Iterator[int]:
    """Hold the lock of a path, yielding its descriptor; raises LocalDatabaseError when its holder hangs."""
    deadline = time.monotonic() + wait_seconds
    while True:
        descriptor = open_lock(path)
        try:
            while not try_exclusive(descriptor):
                if time.monotonic() > deadline:
                    raise LocalDatabaseError(
                        f"Another process has been starting or stopping the embedded database for {wait_seconds:.0f} s "
                        f"(it holds {path}). End that process and try again."
                    )
                time.sleep(POLL_SECONDS)
            if is_current(descriptor, path):
                yield descriptor
                return
        finally:
            os.close(descriptor)
