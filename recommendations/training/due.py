"""This file holds one training at a time: who trains, when it is due, and what becomes of its run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.db import connection
from django.utils import timezone

from recommendations.models import Run

if TYPE_CHECKING:
    from recommendations.hybrid.reranker import Reranker

# Any number, so long as nobody else uses it.
_LOCK = 7_316_042
NIGHT = timedelta(hours=24)


class AlreadyTraining(Exception):
    """A training is going on already. Wait for it to end; only one makes sense at a time."""


def is_due(now: datetime) -> bool:
    """Return whether the latest run is of a night ago or more, or there is none: a night missed is made up for."""
    latest = Run.objects.order_by("-cutoff").values_list("cutoff", flat=True).first()
    return latest is None or now - latest >= NIGHT


def train(now: datetime, *, seed: int, activate: str, say: Callable[[str], None]) -> tuple[Run, bool]:
    """Train on what preceded `now` and store the run; return it and whether it serves.

    `activate`: "if-better", "always" or "never". AlreadyTraining if somebody else is; NothingToLearn if nobody chose
    anything.
    """
    from recommendations.training.storing import deserves_to_serve, forget_old_traits, stored
    from recommendations.training.training import trained

    with _alone():
        began_at = timezone.now()
        run = stored(trained(now, seed=seed, active=_active_reranker(say), say=say), began_at)
        serves = activate == "always" or (activate == "if-better" and deserves_to_serve(run))
        if serves:
            Run.objects.activate(run, timezone.now())
        forget_old_traits()
    return run, serves


def _active_reranker(say: Callable[[str], None]) -> Reranker | None:
    """Return the re-ranker that serves; None if there is none, or none that can be asked: to train again mends that."""
    from recommendations.hybrid.model import BrokenRun, model_of
    from recommendations.hybrid.reranker import BadScores

    active = Run.objects.active()
    if active is None:
        return None
    try:
        return model_of(active.pk).reranker
    except (BrokenRun, BadScores) as error:
        say(f"The active run is not compared with: {error}")
        return None


@contextmanager
def _alone() -> Iterator[None]:
    """Hold the lock of the training, which the database frees however its holder ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyTraining
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
