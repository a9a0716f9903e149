"""A training from start to finish: one at a time, measured on a held-out window, stored whole, activated if better."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, Max, Min
from django.utils import timezone

from interactions.models import Interaction
from recommendations.hybrid.candidate_generation import NO_HORIZON
from recommendations.hybrid.entity_statistics import DamagedRun
from recommendations.hybrid.features import FEATURES
from recommendations.hybrid.reranker import BadScores
from recommendations.hybrid.serve import model_of
from recommendations.models import EntityFactors, TrainingRun
from recommendations.training import datasets, models
from recommendations.training.datasets import Example, Window, examples_of, windows_before
from recommendations.training.holdout import Result, passes_holdout, result_of, result_of_heuristic
from recommendations.training.models import NothingToLearn, learned_statistics, trained_reranker

if TYPE_CHECKING:
    from recommendations.hybrid.entity_statistics import EntityStatistics
    from recommendations.hybrid.reranker import Reranker

Say = Callable[[str], None]
# The advisory lock of trainings: any number that nobody else uses.
LOCK = 7_316_042
INTERVAL = timedelta(hours=24)
# Runs whose factors are kept, to go back to. Older ones keep their row, with its metrics.
KEPT = 5
_BATCH = 5_000


class AlreadyTraining(Exception):
    """A training is going on already. Wait for it to end; only one makes sense at a time."""


def is_due(now: datetime) -> bool:
    """Return whether the latest run is a day old or more, or there is none: a missed training is made up for."""
    latest = TrainingRun.objects.order_by("-cutoff").values_list("cutoff", flat=True).first()
    return latest is None or now - latest >= INTERVAL


def train(now: datetime, *, seed: int, activate: str, say: Say, with_holdout: bool = True) -> tuple[TrainingRun, bool]:
    """Train on what preceded `now` and store the run; return it and whether it is active.

    `activate`: "if-better", "always" or "never". The latest window is held out: a re-ranker trained on the windows
    before it, the heuristic and the active re-ranker are compared on it; without `with_holdout` nothing is compared,
    which an evaluation has no need of. Then the re-ranker is trained again on all.
    AlreadyTraining if another training is going on; NothingToLearn if nobody chose anything.
    """
    with _locked():
        began_at = timezone.now()
        active = _active_reranker(say)
        windows = windows_before(now)
        examples = examples_in(windows, seed=seed, say=say)
        metrics = _holdout_metrics(windows, examples, seed=seed, active=active) if with_holdout else {}
        everything = [example for of_window in examples for example in of_window]
        reranker = trained_reranker(everything, seed=seed, threads=settings.TRAINING_THREADS)
        say("learning from everything until now")
        run = TrainingRun(
            cutoff=now,
            began_at=began_at,
            seed=seed,
            parameters=_parameters(windows),
            fingerprint=_fingerprint(now),
            metrics=metrics,
        )
        _store(run, reranker, learned_statistics(now, seed))
        activated = activate == "always" or (activate == "if-better" and with_holdout and passes_holdout(metrics))
        if activated:
            run.activate(timezone.now())
        delete_old_factors()
    return run, activated


def examples_in(windows: list[Window], *, seed: int, say: Say) -> list[list[Example]]:
    """Return the examples of each window, with what could be learned before it; NothingToLearn without a window."""
    if not windows:
        raise NothingToLearn
    examples: list[list[Example]] = []
    for window in windows:
        statistics = learned_statistics(window.since, seed)
        examples.append(list(examples_of(window, statistics, most=datasets.PEOPLE_PER_WINDOW, seed=seed)))
        say(f"{window.since:%Y-%m-%d} to {window.until:%Y-%m-%d}: {len(examples[-1]):,} people")
    return examples


def delete_old_factors() -> None:
    """Delete the factors of runs that are neither among the latest nor among those activated last."""
    latest = TrainingRun.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    activated = TrainingRun.objects.activated().values_list("pk", flat=True)[:KEPT]
    EntityFactors.objects.exclude(run_id__in=[*latest, *activated]).delete()


def _active_reranker(say: Say) -> Reranker | None:
    """Return the active re-ranker; None if there is none or it can't be used, which this training repairs."""
    active = TrainingRun.objects.active()
    if active is None:
        return None
    try:
        return model_of(active.pk).reranker
    except (DamagedRun, BadScores) as error:
        say(f"The active run is not compared with: {error}")
        return None


def _holdout_metrics(
    windows: list[Window], examples: list[list[Example]], *, seed: int, active: Reranker | None
) -> dict[str, Any]:
    window, held_out = windows[0], examples[0]
    # The window before it overlaps it.
    rest = [
        example
        for other, of_window in zip(windows, examples, strict=True)
        if other.until <= window.since
        for example in of_window
    ]
    results: dict[str, Result] = {"heuristic": result_of_heuristic(window, held_out)}
    # With one window only there is nothing to compare with, and nothing is activated for it.
    with suppress(NothingToLearn):
        reranker = trained_reranker(rest, seed=seed, threads=settings.TRAINING_THREADS)
        results["hybrid"] = result_of(reranker, held_out)
    if active is not None:
        results["active"] = result_of(active, held_out)
    return {
        "since": window.since.isoformat(),
        "until": window.until.isoformat(),
        "ndcg_at_10": {name: _without_nan(asdict(result)) for name, result in results.items()},
    }


def _without_nan(values: dict[str, Any]) -> dict[str, Any]:
    return {name: None if value != value else value for name, value in values.items()}


def _parameters(windows: list[Window]) -> dict[str, Any]:
    ahead = windows[0].horizon - windows[0].since
    return {
        "signals": [feature.name for feature in FEATURES],
        "windows": [[window.since.isoformat(), window.until.isoformat(), window.people] for window in windows],
        "window_lengths_days": list(datasets.LENGTHS_DAYS),
        "reach_days": None if windows[0].horizon == NO_HORIZON else ahead / timedelta(days=1),
        "boosting": {**models.PARAMETERS, "rounds": models.ROUNDS},
        "learning": {
            "rank": models.RANK,
            "iterations": models.ITERATIONS,
            "regularisation": models.REGULARISATION,
            "confidence": models.CONFIDENCE,
        },
    }


def _fingerprint(cutoff: datetime) -> str:
    """Return a hash of the interactions before a cutoff: the first time, the number and the greatest id."""
    before = Interaction.objects.filter(created_at__lt=cutoff)
    summary = before.aggregate(first=Min("created_at"), number=Count("pk"), newest=Max("pk", default=0))
    return hashlib.sha256(f"{cutoff.isoformat()} {' '.join(map(str, summary.values()))}".encode()).hexdigest()


def _store(run: TrainingRun, reranker: Reranker, statistics: EntityStatistics) -> None:
    """Write a run and its factors in one transaction."""
    run.model = reranker.booster.model_to_string()
    run.model_sha256 = hashlib.sha256(run.model.encode()).hexdigest()
    run.neighbours = {name: [list(each) for each in near] for name, near in statistics.neighbours.items()}
    run.popular = list(statistics.popular)
    with transaction.atomic():
        run.save(force_insert=True)
        EntityFactors.objects.bulk_create(
            (
                EntityFactors(
                    run=run,
                    kind=kind,
                    key=key,
                    people=int(statistics.people[row]),
                    interactions=int(statistics.interactions[row]),
                    events=int(statistics.events[row]),
                    trend=float(statistics.trend[row]),
                    factors=statistics.factors[row].astype("<f4").tobytes(),
                )
                for (kind, key), row in statistics.index.items()
                if statistics.people[row] > 0
            ),
            batch_size=_BATCH,
        )


@contextmanager
def _locked() -> Iterator[None]:
    """Hold the lock of trainings, which the database releases however its holder ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise AlreadyTraining
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
