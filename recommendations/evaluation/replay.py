"""The replay: rankings by the rankers that serve the endpoint, with what was known at moments of the past."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from pathlib import Path

from interactions.models import Interaction
from recommendations.evaluation.exported import BadExport
from recommendations.evaluation.scoring import Scores
from recommendations.evaluation.scratch import scratch_template
from recommendations.evaluation.tasks import PLACES, Ranking, Say, Source, TaskWindow
from recommendations.feed.pagination import whole_feed
from recommendations.feed.ranking import Ranker, feed_for
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from users.models import User


@dataclass(frozen=True)
class Evaluation:
    """The tasks and rankers to evaluate; with `ablation`, also each feature alone and the hybrid without each group."""

    source: Source
    rankers: tuple[Ranker, ...]
    ablation: bool
    seed: int


@dataclass(frozen=True)
class Outcome:
    """The run file of each ranker, as text, and their scores; none without ground truth.

    `candidates`: the number of pairs of a window and a candidate.
    """

    run_files: dict[str, str]
    scores: list[Scores]
    candidates: int


def outcome_of(evaluation: Evaluation, say: Say) -> Outcome:
    """Replay every window; BadExport or DatasetError if the input is malformed."""
    source = evaluation.source
    files: dict[str, io.StringIO] = {}
    scores: dict[str, Scores] = {}
    for ranking in _rankings(evaluation, say):
        if ranking.ranker not in files:
            files[ranking.ranker] = io.StringIO()
            scores[ranking.ranker] = Scores(ranking.ranker)
            csv.writer(files[ranking.ranker], lineterminator="\n").writerow(("window", "user_id", "event_id", "rank"))
        rows = ((ranking.window, ranking.username, event, rank) for rank, event in enumerate(ranking.event_ids, 1))
        csv.writer(files[ranking.ranker], lineterminator="\n").writerows(rows)
        if source.ground_truths:
            scores[ranking.ranker].add(ranking, source.ground_truths[ranking.window, ranking.username])
    return Outcome(
        {name: file.getvalue() for name, file in files.items()},
        list(scores.values()) if source.ground_truths else [],
        sum(source.candidates_in(window) for window in source.windows),
    )


def write_run(path: Path, text: str) -> None:
    """Write a file as a whole or not at all, compressed if its name ends in .gz."""
    # No time in the header: the same run gives the same bytes.
    data = gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode()
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    partial.replace(path)


def _rankings(evaluation: Evaluation, say: Say) -> Iterator[Ranking]:
    source = evaluation.source
    with scratch_template() as template:
        for window in source.windows:
            say(f"window {window.name}: {len(window.tasks):,} tasks at {window.now:%Y-%m-%d}")
            with source.known_at(window, template=template, say=say) as names:
                yield from rankings_in(window, names, evaluation.rankers, seed=evaluation.seed, say=say)
                if evaluation.ablation:
                    # Imported here, because it imports this module.
                    from recommendations.evaluation.ablation import ablations_in

                    yield from ablations_in(window, names, seed=evaluation.seed, say=say)


def rankings_in(
    window: TaskWindow, names: dict[int, str], rankers: Sequence[Ranker], *, seed: int, say: Say
) -> Iterator[Ranking]:
    """Yield the rankings of a window's tasks, ranker by ranker, in the database that Django is pointed at.

    It must contain what was known at the window's moment; `names` are the external ids of its events.
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
    """Do what the worker would have done by then: train, if the ranker has a model."""
    if ranker.list_for is None:
        return
    from recommendations.training.pipeline import train

    embed_everything(window.now)
    train(window.now, seed=seed, activate="always", say=say, with_holdout=False)


def embed_everything(now: datetime) -> None:
    """Make the vectors of all events, past ones too; none without an encoder, as the hybrid is then served."""
    from recommendations.embeddings.embedder import NoEmbedder, embedder
    from recommendations.embeddings.embedding import embed

    with suppress(NoEmbedder):
        for _ in embed(embedder(), now, everything=True):
            pass


def ranked_for(user: User, ranker: Ranker, window: TaskWindow) -> list[int]:
    """Return the first PLACES events of a user's feed, by the code that serves it, without their history."""
    feed = feed_for(viewer_of(user, window.now), ranker, NO_FILTERS)
    history = set(Interaction.objects.of(user).values_list("event_id", flat=True))
    new = (event.pk for event in whole_feed(feed) if event.pk not in history)
    return list(islice(new, PLACES))
