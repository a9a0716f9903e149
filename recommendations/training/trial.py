"""This file holds the trial of a re-ranker: how it does on people it has not seen, beside the heuristic."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING

from events.sql import rows_of
from recommendations.evaluation.metrics import ndcg_at
from recommendations.hybrid.arranging import Scored, arranged

if TYPE_CHECKING:
    from recommendations.hybrid.reranker import Reranker
    from recommendations.training.examples import Example
    from recommendations.training.windows import Window

_SQL = (Path(__file__).resolve().parents[1] / "sql" / "counted_before.sql").read_text()
PLACES = 10


@dataclass(frozen=True)
class Result:
    """The mean NDCG@10 over people, in [0, 1]: of all, of those with a past, of those without; NaN for nobody."""

    all: float
    with_past: float
    without_past: float
    people: int


def result_of(reranker: Reranker, examples: Sequence[Example]) -> Result:
    """Return how a re-ranker does on examples; a choice that was not on the shortlist counts as not found."""
    return _result((example, _ranked(reranker, example)) for example in examples)


def result_of_heuristic(window: Window, examples: Sequence[Example]) -> Result:
    """Return how the interim ranking would have done, with the counts of the window's beginning."""
    order = rows_of(_SQL, {"now": window.since, "reach": window.reach})
    return _result((example, _by_heuristic(order, example)) for example in examples)


def _ranked(reranker: Reranker, example: Example) -> list[int]:
    scores = reranker.scores(example.signals)
    scored = [Scored(at, float(score), example.organiser_ids[at]) for at, score in enumerate(scores)]
    return [example.event_ids[each.place] for each in arranged(scored)[:PLACES]]


def _by_heuristic(order: Sequence[tuple[int, str | None]], example: Example) -> list[int]:
    first: list[int] = []
    rest: list[int] = []
    for event_id, category in order:
        into = first if category in example.interests else rest
        if len(into) < PLACES and event_id not in example.touched:
            into.append(event_id)
        if len(first) == PLACES or (len(rest) == PLACES and not example.interests):
            break
    return [*first, *rest][:PLACES]


def _result(ranked: Iterable[tuple[Example, list[int]]]) -> Result:
    values = [
        (ndcg_at(PLACES, order, example.applied), example.with_past) for example, order in ranked if example.applied
    ]
    return Result(
        _mean([value for value, _ in values]),
        _mean([value for value, with_past in values if with_past]),
        _mean([value for value, with_past in values if not with_past]),
        len(values),
    )


def _mean(values: list[float]) -> float:
    return fmean(values) if values else float("nan")
