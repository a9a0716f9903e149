"""This file holds the storing of a training as a run, whole or not at all, and what makes it serve."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from recommendations.models import Run, Trait

if TYPE_CHECKING:
    from recommendations.training.training import Trained

# Runs whose traits are kept, to go back to; of older ones the row stays, with its metrics.
KEPT = 5
_BATCH = 5_000


def stored(trained: Trained, began_at: datetime) -> Run:
    """Return the run of a training, written in one transaction with its traits."""
    text = trained.reranker.booster.model_to_string()
    knowledge = trained.knowledge
    with transaction.atomic():
        run = Run.objects.create(
            cutoff=trained.cutoff,
            began_at=began_at,
            seed=trained.seed,
            parameters=trained.parameters,
            fingerprint=trained.fingerprint,
            metrics=trained.metrics,
            model=text,
            model_sha256=hashlib.sha256(text.encode()).hexdigest(),
            neighbours={name: [list(each) for each in near] for name, near in knowledge.neighbours.items()},
            popular=list(knowledge.popular),
        )
        Trait.objects.bulk_create(
            (
                Trait(
                    run=run,
                    kind=kind,
                    key=key,
                    people=int(knowledge.people[row]),
                    deeds=int(knowledge.deeds[row]),
                    events=int(knowledge.events[row]),
                    trend=float(knowledge.trend[row]),
                    factors=knowledge.factors[row].astype("<f4").tobytes(),
                )
                for (kind, key), row in knowledge.index.items()
                if knowledge.people[row] > 0
            ),
            batch_size=_BATCH,
        )
    return run


def deserves_to_serve(run: Run) -> bool:
    """Return whether a run did better than the heuristic and no worse than the active run on the latest window.

    Of all people. The active run may have learnt from a part of that window, so that in doubt it stays.
    """
    results = run.metrics["ndcg_at_10"]
    if "hybrid" not in results:
        return False
    mine, heuristic = results["hybrid"], results["heuristic"]
    if mine["all"] is None or mine["all"] <= heuristic["all"]:
        return False
    active = results.get("active")
    return active is None or mine["all"] >= active["all"]


def forget_old_traits() -> None:
    """Delete the traits of runs that nobody will go back to: neither among the latest nor the ones activated last."""
    latest = Run.objects.order_by("-pk").values_list("pk", flat=True)[:KEPT]
    served = Run.objects.activated().values_list("pk", flat=True)[:KEPT]
    Trait.objects.exclude(run_id__in=[*latest, *served]).delete()
