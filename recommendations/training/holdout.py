"""The holdout gate: how a re-ranker does on people it hasn't seen, and whether a run is good enough to be activated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db.models import Count, Q

from events.models import Event
from recommendations.evaluation.metrics import ndcg_at
from recommendations.hybrid.diversification import ScoredCandidate, diversified

if TYPE_CHECKING:
    from recommendations.hybrid.reranker import Reranker
    from recommendations.training.datasets import Example, Window

CUT = 10


@dataclass(frozen=True)
class Result:
    """The mean NDCG@10, in [0, 1]: over all people, those with history and those without; NaN for nobody.

    The names are those of the stored metrics.
    """

    all: float
    with_past: float
    without_past: float
    people: int


def result_of(reranker: Reranker, examples: Sequence[Example]) -> Result:
    """Return how a re-ranker does on examples; a choice that wasn't a candidate counts as not found."""
    return _result((example, _by_reranker(reranker, example)) for example in examples)


def result_of_heuristic(window: Window, examples: Sequence[Example]) -> Result:
    """Return how the heuristic would have done, with the counts at the beginning of the window."""
    before = Count("interactions", filter=Q(interactions__created_at__lt=window.since))
    events = Event.objects.filter(start_at__gt=window.since, start_at__lte=window.horizon)
    counted = events.exclude(status=Event.Status.CANCELLED).annotate(number=before)
    order = list(counted.order_by("-number", "start_at", "pk").values_list("pk", "category"))
    return _result((example, _by_heuristic(order, example)) for example in examples)


class Comparison(NamedTuple):
    """Whether a run may be activated by its results on the holdout, why, and what to do next."""

    passes: bool
    reason: str
    next_step: str


def comparison_of(metrics: dict[str, Any]) -> Comparison:
    """Return how a run compares with the heuristic, which it must beat, and the active run, which may not be better.

    Over all people of the holdout. The active run may have learned from a part of the window: in doubt it stays.
    """
    results = metrics["ndcg_at_10"]
    mine, heuristic, active = (results.get(name, {}).get("all") for name in ("hybrid", "heuristic", "active"))
    if heuristic is None:
        return Comparison(
            False,
            "nobody applied to anything in the latest weeks, so there is nothing to measure it on",
            "Train again when people have applied to some events",
        )
    if mine is None:
        return Comparison(
            False,
            "people chose something in the latest weeks only, so nothing was left to train on for a fair measurement",
            "Train again in a few weeks",
        )
    if mine <= heuristic:
        return Comparison(
            False,
            f"it does not rank better than the heuristic (NDCG@10 {mine:.3f} against {heuristic:.3f})",
            "Keep the heuristic, and train again when people have applied to or saved more events",
        )
    if active is not None and mine < active:
        return Comparison(
            False,
            f"it ranks worse than the active run (NDCG@10 {mine:.3f} against {active:.3f})",
            "The active run stays, and the next training is compared with it again",
        )
    return Comparison(
        True,
        f"it ranks better than the heuristic (NDCG@10 {mine:.3f} against {heuristic:.3f})",
        "manage.py evaluate --weeks 4 says whether to make the hybrid the default",
    )


def passes_holdout(metrics: dict[str, Any]) -> bool:
    """Return whether a run may be activated by its results on the holdout."""
    return comparison_of(metrics).passes


def _by_reranker(reranker: Reranker, example: Example) -> list[int]:
    scores = reranker.scores(example.features).tolist()
    positions = range(len(scores))
    scored = map(ScoredCandidate, positions, scores, example.organiser_ids, example.series, example.starts)
    return [example.event_ids[each.position] for each in diversified(list(scored))[:CUT]]


def _by_heuristic(order: Sequence[tuple[int, str | None]], example: Example) -> list[int]:
    boosted: list[int] = []
    rest: list[int] = []
    for event_id, category in order:
        part = boosted if category in example.interests else rest
        if len(part) < CUT and event_id not in example.seen:
            part.append(event_id)
        if len(boosted) == CUT or (len(rest) == CUT and not example.interests):
            break
    return [*boosted, *rest][:CUT]


def _result(ranked: Iterable[tuple[Example, list[int]]]) -> Result:
    values = [
        (ndcg_at(CUT, order, example.applied), example.has_history) for example, order in ranked if example.applied
    ]
    return Result(
        _mean([value for value, _ in values]),
        _mean([value for value, has_history in values if has_history]),
        _mean([value for value, has_history in values if not has_history]),
        len(values),
    )


def _mean(values: list[float]) -> float:
    return fmean(values) if values else float("nan")
