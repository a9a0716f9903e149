"""This file holds an evaluation from beginning to end: every window replayed, written down and judged."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from recommendations.evaluation.ablation import ablations_in
from recommendations.evaluation.dataset import TaskWindow, candidates_of, windows_of
from recommendations.evaluation.judging import Judgement, Truth, judge, truths_in
from recommendations.evaluation.replay import Ranking, Say, known_at, rankings_in
from recommendations.evaluation.scratch import scratch_template
from recommendations.evaluation.tables import table_of
from recommendations.rankers.base import Ranker


@dataclass(frozen=True)
class Evaluation:
    """What is evaluated: an export, the rankers, and, to judge them, the whole data set that it was made of."""

    directory: Path
    rankers: tuple[Ranker, ...]
    dataset: Path | None
    ablation: bool
    windows: int | None
    seed: int


@dataclass
class Outcome:
    """The run file of each ranker, as text, and the table of their judgements; empty without a data set."""

    texts: dict[str, str] = field(default_factory=dict)
    table: list[list[str]] = field(default_factory=list)


def outcome_of(evaluation: Evaluation, say: Say) -> Outcome:
    """Replay every window; BadExport or DatasetError if the input is not as it should be."""
    windows = windows_of(evaluation.directory)[: evaluation.windows]
    truths: dict[tuple[str, str], Truth] = {}
    if evaluation.dataset is not None:
        truths = truths_in(evaluation.directory, evaluation.dataset, windows)
    texts: dict[str, io.StringIO] = {}
    judgements: dict[str, Judgement] = {}
    for ranking in _rankings(evaluation, windows, say):
        if ranking.ranker not in texts:
            texts[ranking.ranker] = io.StringIO()
            judgements[ranking.ranker] = Judgement(ranking.ranker)
            csv.writer(texts[ranking.ranker], lineterminator="\n").writerow(("window", "user_id", "event_id", "rank"))
        rows = ((ranking.window, ranking.username, event, rank) for rank, event in enumerate(ranking.event_ids, 1))
        csv.writer(texts[ranking.ranker], lineterminator="\n").writerows(rows)
        if truths:
            judge(judgements[ranking.ranker], ranking, truths[ranking.window, ranking.username])
    candidates = sum(len(candidates_of(evaluation.directory, window)) for window in windows)
    table = table_of(list(judgements.values()), candidates, seed=evaluation.seed) if truths else []
    return Outcome({name: text.getvalue() for name, text in texts.items()}, table)


def _rankings(evaluation: Evaluation, windows: Sequence[TaskWindow], say: Say) -> Iterator[Ranking]:
    with scratch_template() as template:
        for window in windows:
            say(f"window {window.name}: {len(window.tasks):,} tasks at {window.now:%Y-%m-%d}")
            yield from rankings_in(
                evaluation.directory, window, evaluation.rankers, template=template, seed=evaluation.seed, say=say
            )
            if evaluation.ablation:
                with known_at(evaluation.directory, window, template=template, say=say) as names:
                    yield from ablations_in(window, names, seed=evaluation.seed, say=say)


def write_run(path: Path, text: str) -> None:
    """Write a run file, compressed if its name says so: under another name first, so that none is ever half-written."""
    # No time in the header: the same run gives the same bytes.
    data = gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode()
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    partial.replace(path)
