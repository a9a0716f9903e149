"""The tasks of the worker, and how often each runs."""

import logging
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings

from config.cleanup import clean_up
from config.worker import Job, Task
from events.completion import complete_past_events
from recommendations.embeddings.embedder import Embedder, embedder, vectors_of
from recommendations.embeddings.embedding import embed_batch
from recommendations.training.pipeline import is_due

_log = logging.getLogger("marquee.worker")


@cache
def _encoder(path: str) -> Embedder:
    """Load the encoder when the worker starts, not when the first event waits for it."""
    encoder = embedder()
    vectors_of(encoder, [""])
    return encoder


def _embed(now: datetime) -> bool:
    if not settings.EMBEDDER:
        return False
    batch = embed_batch(_encoder(settings.EMBEDDER), now, everything=False)
    if batch.embedded:
        _log.info("%d events embedded.", batch.embedded)
    return batch.below is not None


def _complete(now: datetime) -> bool:
    if number := complete_past_events(now):
        _log.info("%d events completed.", number)
    return False


def _clean_up(now: datetime) -> bool:
    _log.info("Tidied: %s.", ", ".join(f"{number} {name}" for name, number in clean_up(now).items()))
    return False


class _Daily:
    """True at first, and then once a day."""

    def __init__(self) -> None:
        self._last: datetime | None = None

    def __call__(self, now: datetime) -> bool:
        if self._last is not None and now - self._last < timedelta(days=1):
            return False
        self._last = now
        return True


TRAINING = Job("train", due=is_due)
INDEXING = Job("index_vectors", due=_Daily())
JOBS = (TRAINING, INDEXING)

TASKS = (
    Task("embed", settings.WORKER_EMBED_SECONDS, _embed),
    Task("complete past events", settings.WORKER_COMPLETE_SECONDS, _complete),
    Task("tidy", settings.WORKER_TIDY_SECONDS, _clean_up),
    Task("train", settings.WORKER_TRAIN_SECONDS, TRAINING),
    Task("index vectors", settings.WORKER_TRAIN_SECONDS, INDEXING),
)
