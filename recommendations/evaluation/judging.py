"""This file holds the judging of rankings: what was relevant to whom, and what each ranking is worth."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

from interactions.loading.reading import table
from interactions.loading.rows import INTERACTION_COLUMNS
from recommendations.clock import moment_from
from recommendations.evaluation.dataset import BadExport, candidates_of, known_interactions
from recommendations.evaluation.metrics import ndcg_at, recall_at, reciprocal_rank
from recommendations.evaluation.replay import PLACES, Ranking
from recommendations.evaluation.source import TaskWindow, Truth

Segment = Literal["all", "with past", "without past", "new events"]
SEGMENTS: tuple[Segment, ...] = ("all", "with past", "without past", "new events")
METRICS = ("NDCG@10", "Recall@10", "Recall@20", "MRR")


@dataclass
class Judgement:
    """What one ranker's rankings are worth: for each segment, by task, the values of METRICS in order."""

    ranker: str
    values: dict[Segment, dict[tuple[str, str], tuple[float, ...]]] = field(
        default_factory=lambda: {segment: {} for segment in SEGMENTS}
    )
    shown: set[tuple[str, str]] = field(default_factory=set)

    def mean(self, segment: Segment, metric: int) -> float:
        """Return the mean of a metric over the tasks of a segment; NaN if it has none."""
        rows = self.values[segment].values()
        return sum(row[metric] for row in rows) / len(rows) if rows else float("nan")


def truths_in(directory: Path, dataset: Path, windows: Sequence[TaskWindow]) -> dict[tuple[str, str], Truth]:
    """Return the truth of each task: what the person applied to from the window's moment on, new to them, a candidate.

    In a window that begins with a month, until the month ends, if there are several; else for as long as the data go.
    BadExport if the whole data set is not there.
    """
    source = table(dataset, "interactions", INTERACTION_COLUMNS)
    if source is None:
        raise BadExport(f"{dataset}: there is neither interactions.csv nor interactions.csv.gz.")
    applied: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for record in source.records():
        if record.values["action"] == "APPLY":
            at = moment_from(record.values["created_at"]).astimezone(UTC)
            applied[record.values["user_id"]].append((at, record.values["event_id"]))
    truths = {}
    for window in windows:
        until = _end_of(window, alone=len(windows) == 1)
        candidates = candidates_of(directory, window)
        touched: dict[str, set[str]] = defaultdict(set)
        for user, event in known_interactions(directory, window):
            touched[user].add(event)
        old = {event for events in touched.values() for event in events}
        for task in window.tasks:
            mine = touched.get(task.username, set())
            relevant = frozenset(
                event
                for at, event in applied[task.username]
                if window.now <= at < until and event in candidates and event not in mine
            )
            truths[window.name, task.username] = Truth(relevant, relevant - old, bool(mine))
    return truths


def judge(judgement: Judgement, ranking: Ranking, truth: Truth) -> None:
    """Add what a ranking is worth to the segments that its task is of."""
    task = (ranking.window, ranking.username)
    judgement.shown.update((ranking.window, event) for event in ranking.event_ids[:10])
    if truth.relevant:
        values = _values(ranking.event_ids, truth.relevant)
        judgement.values["all"][task] = values
        judgement.values["with past" if truth.has_past else "without past"][task] = values
    if truth.new:
        judgement.values["new events"][task] = _values(ranking.event_ids, truth.new)


def _values(ranked: Sequence[str], relevant: Iterable[str]) -> tuple[float, ...]:
    kept = frozenset(relevant)
    return (
        ndcg_at(10, ranked, kept),
        recall_at(10, ranked, kept),
        recall_at(20, ranked, kept),
        reciprocal_rank(PLACES, ranked, kept),
    )


def _end_of(window: TaskWindow, *, alone: bool) -> datetime:
    first_of_month = (window.now.day, window.now.hour, window.now.minute) == (1, 0, 0)
    if alone or not first_of_month:
        return datetime.max.replace(tzinfo=UTC)
    return (window.now + timedelta(days=32)).replace(day=1)
