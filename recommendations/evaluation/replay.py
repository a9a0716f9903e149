"""This file holds the replay: what the rankers that serve would have shown at a moment, knowing what was known then."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from interactions.models import Interaction
from recommendations.evaluation.dataset import BadExport
from recommendations.evaluation.source import Say, TaskWindow
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import Ranker, feed_for
from recommendations.feed.viewer import Filters, viewer_of
from users.models import User

# Places that a run file has for each task.
PLACES = 100


@dataclass(frozen=True)
class Ranking:
    """What one task was answered with: external ids of events, best first, without what the person had touched."""

    window: str
    username: str
    ranker: str
    event_ids: tuple[str, ...]


def rankings_in(
    window: TaskWindow, names: dict[int, str], rankers: Sequence[Ranker], *, seed: int, say: Say
) -> Iterator[Ranking]:
    """Yield the rankings of a window's tasks, ranker by ranker, in the database that Django is pointed at.

    It is to hold what was known at the window's moment, `names` the external ids of its events.
    """
    users = {user.username: user for user in User.objects.all()}
    for ranker in rankers:
        prepare_for(ranker, window, seed=seed, say=say)
        for task in window.tasks:
            if task.username not in users:
                raise BadExport(f"window {window.name}: user {task.username[:80]} is not in users.csv.")
            ids = ranked_for(users[task.username], ranker, window)
            yield Ranking(window.name, task.username, ranker.name, tuple(names[pk] for pk in ids))


def prepare_for(ranker: Ranker, window: TaskWindow, *, seed: int, say: Say) -> None:
    """Do what the worker would have done by then: train, if the ranker has anything to learn."""
    if ranker.list_for is None:
        return
    from recommendations.training.pipeline import train

    embed_everything(window.now)
    train(window.now, seed=seed, activate="always", say=say)


def embed_everything(now: datetime) -> None:
    """Make the vectors of all events, past ones too: what people liked is compared with what lies ahead.

    Without an encoder there are none, and the hybrid is evaluated as it then serves.
    """
    from recommendations.embeddings.embedder import NoEmbedder, embedder
    from recommendations.embeddings.embedding import embed

    with suppress(NoEmbedder):
        for _ in embed(embedder(), now, everything=True):
            pass


def ranked_for(user: User, ranker: Ranker, window: TaskWindow) -> list[int]:
    """Return the first places of a user's feed at a moment, less what they had touched, by the code that serves it."""
    feed = feed_for(viewer_of(user, window.now), ranker, Filters())
    touched = set(Interaction.objects.of(user).values_list("event_id", flat=True))
    new = (event.pk for event in whole_feed(feed) if event.pk not in touched)
    return list(islice(new, PLACES))
