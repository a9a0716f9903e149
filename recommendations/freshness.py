"""What the worker should have done by now: the age of the latest training, and of the vectors that are missing."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Max

from recommendations.embeddings.embedder import NoEmbedder, embedder
from recommendations.embeddings.embedding import stale
from recommendations.models import EventEmbedding, TrainingRun


def overdue(now: datetime, *, training: timedelta | None, embedding: timedelta | None) -> Iterator[str]:
    """Yield a sentence for each of the two that is older than its limit; None: not checked."""
    if training is not None:
        yield from _overdue_training(now, training)
    if embedding is not None:
        yield from _overdue_embedding(now, embedding)


def _overdue_training(now: datetime, limit: timedelta) -> Iterator[str]:
    latest = TrainingRun.objects.aggregate(at=Max("finished_at"))["at"]
    if latest is None:
        yield "No training has ever finished. Run manage.py train, or the worker, which trains every night."
    elif now - latest > limit:
        yield (
            f"The latest training finished {_age(now - latest)} ago. Run manage.py train to see why; "
            "the worker trains every night."
        )


def _overdue_embedding(now: datetime, limit: timedelta) -> Iterator[str]:
    """Events wait for a vector, and none was made within the limit. Nothing waits, nothing is overdue."""
    try:
        waiting = len(stale(embedder(), now, everything=False))
    except NoEmbedder as error:
        yield f"Events can't be embedded: {error}"
        return
    latest = EventEmbedding.objects.aggregate(at=Max("created_at"))["at"]
    if waiting and (latest is None or now - latest > limit):
        since = "none was ever made" if latest is None else f"the latest was made {_age(now - latest)} ago"
        yield (
            f"{waiting:,} upcoming event{'' if waiting == 1 else 's'} without an up-to-date vector; {since}. "
            "Run manage.py embed to see why; the worker embeds within seconds."
        )


def _age(age: timedelta) -> str:
    hours = age / timedelta(hours=1)
    if hours < 1:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.0f} hours" if hours < 48 else f"{hours / 24:.0f} days"
