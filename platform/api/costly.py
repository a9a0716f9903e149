"""A limit on costly work: in each process at most one request does work of a kind, and one more waits for it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum

from rest_framework.exceptions import APIException

# Longer than a password takes to hash.
PATIENCE_SECONDS = 2.0


class Costly(Enum):
    """The kinds of work that take a thread or a processor for long; each is limited on its own."""

    PASSWORD = "password"  # noqa: S105 (a kind of work)
    EXPORT = "export"
    ERASURE = "erasure"
    ENCODING = "encoding"


class Busy(APIException):
    """This is done for others at the moment. Try again in a few seconds."""

    status_code = 503
    default_detail = __doc__
    default_code = "busy"


class _Slot:
    def __init__(self) -> None:
        # Locks, because a stream may be closed by another thread than the one that began it.
        self.working = threading.Lock()
        self.waiting = threading.Lock()


_SLOTS = {kind: _Slot() for kind in Costly}


@contextmanager
def costly(kind: Costly) -> Iterator[None]:
    """Do work of a kind alone; Busy if somebody waits for it already, or it is not free in PATIENCE_SECONDS.

    Only one waits, because whoever waits keeps a thread from requests that cost little.
    """
    slot = _SLOTS[kind]
    if not slot.working.acquire(blocking=False):
        if not slot.waiting.acquire(blocking=False):
            raise Busy
        try:
            if not slot.working.acquire(timeout=PATIENCE_SECONDS):
                raise Busy
        finally:
            slot.waiting.release()
    try:
        yield
    finally:
        slot.working.release()
