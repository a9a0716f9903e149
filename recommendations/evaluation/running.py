"""This file holds an evaluation from beginning to end: every window replayed, written down and judged."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from recommendations.evaluation.ablation import ablations_in
from recommendations.evaluation.judging import Judgement, judge
from recommendations.evaluation.replay import Ranking, rankings_in
from recommendations.evaluation.scratch import scratch_template
from recommendations.evaluation.source import Say, Source
from recommendations.feed.ranking import Ranker


@dataclass(frozen=True)
class Evaluation:
    """What is evaluated: of which past, and the rankers."""

    source: Source
    rankers: tuple[Ranker, ...]
    ablation: bool
    seed: int


@dataclass
class Outcome:
    """The run file of each ranker, as text, and their judgements; none if nothing was to be judged.

    `candidates` is the number of pairs of a window and an event that could be recommended in it.
    """

    texts: dict[str, str] = field(default_factory=dict)
    judgements: list[Judgement] = field(default_factory=list)
    candidates: int = 0


def outcome_of(evaluation: Evaluation, say: Say) -> Outcome:
    """Replay every window; BadExport or DatasetError if the input is not as it should be."""
    source = evaluation.source
    texts: dict[str, io.StringIO] = {}
    judgements: dict[str, Judgement] = {}
    for ranking in _rankings(evaluation, say):
        if ranking.ranker not in texts:
            texts[ranking.ranker] = io.StringIO()
            judgements[ranking.ranker] = Judgement(ranking.ranker)
            csv.writer(texts[ranking.ranker], lineterminator="\n").writerow(("window", "user_id", "event_id", "rank"))
        rows = ((ranking.window, ranking.username, event, rank) for rank, event in enumerate(ranking.event_ids, 1))
        csv.writer(texts[ranking.ranker], lineterminator="\n").writerows(rows)
        if source.truths:
            judge(judgements[ranking.ranker], ranking, source.truths[ranking.window, ranking.username])
    return Outcome(
        {name: text.getvalue() for name, text in texts.items()},
        list(judgements.values()) if source.truths else [],
        sum(source.candidates_in(window) for window in source.windows),
    )


def _rankings(evaluation: Evaluation, say: Say) -> Iterator[Ranking]:
    source = evaluation.source
    with scratch_template() as template:
        for window in source.windows:
            say(f"window {window.name}: {len(window.tasks):,} tasks at {window.now:%Y-%m-%d}")
            with source.known_at(window, template=template, say=say) as names:
                yield from rankings_in(window, names, evaluation.rankers, seed=evaluation.seed, say=say)
                if evaluation.ablation:
                    yield from ablations_in(window, names, seed=evaluation.seed, say=say)


def write_run(path: Path, text: str) -> None:
    """Write a run file, compressed if its name says so: under another name first, so that none is ever half-written."""
    # No time in the header: the same run gives the same bytes.
    data = gzip.compress(text.encode(), mtime=0) if path.suffix == ".gz" else text.encode()
    partial = path.with_name(f"{path.name}.partial")
    partial.write_bytes(data)
    partial.replace(path)
