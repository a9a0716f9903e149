"""The repetition of work that PostgreSQL broke off to resolve a deadlock."""

import random
import time
from collections.abc import Callable
from typing import TypeVar

from django.db import OperationalError, connection
from psycopg import errors

Result = TypeVar("Result")

ATTEMPTS = 5
# Before the second attempt at most this long, twice as long before each one after it; by chance, so that two do not
# meet again.
_FIRST_PAUSE_SECONDS = 0.01


def retried(work: Callable[[], Result]) -> Result:
    """Return what `work`, one transaction, returns; it is done once more if it was the victim of a deadlock.

    Inside a transaction of the caller's it is tried once: what came before is undone too, and only the caller can
    repeat that. After the last attempt the error passes through.
    """
    attempts = 1 if connection.in_atomic_block else ATTEMPTS
    for attempt in range(1, attempts + 1):
        try:
            return work()
        except OperationalError as error:
            if attempt == attempts or not isinstance(
                error.__cause__, errors.DeadlockDetected | errors.SerializationFailure
            ):
                raise
        time.sleep(random.uniform(0, _FIRST_PAUSE_SECONDS * 2**attempt))  # noqa: S311 (not for secrets)
    raise AssertionError("The last attempt returns or raises.")
