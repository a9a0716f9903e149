"""This file holds the model that serves: the active run's re-ranker and knowledge, loaded once in each process."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from events.sql import rows_of
from recommendations.hybrid.knowledge import Key, Knowledge
from recommendations.hybrid.reranker import Reranker
from recommendations.models import Run

if TYPE_CHECKING:
    import numpy as np

_TRAITS = (Path(__file__).resolve().parents[1] / "sql" / "traits.sql").read_text()


class NoActiveRun(Exception):
    """No training run is active. Train one: manage.py train."""


class BrokenRun(Exception):
    """The active run's model is not what was written, or is of other signals. Train again: manage.py train."""


@dataclass(frozen=True)
class Model:
    """A run that can be asked."""

    run_id: int
    reranker: Reranker
    knowledge: Knowledge


# The active one, and the one before it for who asks in between.
@lru_cache(maxsize=2)
def model_of(run_id: int) -> Model:
    """Return the model of a run; BrokenRun if it is not whole. Three statements at first, none later."""
    run = Run.objects.get(pk=run_id)
    if hashlib.sha256(run.model.encode()).hexdigest() != run.model_sha256:
        raise BrokenRun(f"The text of {run} has another hash than it was written with.")
    return Model(run_id, Reranker.of_text(run.model), _knowledge_of(run))


def _knowledge_of(run: Run) -> Knowledge:
    import numpy as np

    rows = rows_of(_TRAITS, {"run": run.pk})
    rank = int(run.parameters["learning"]["rank"])
    index: dict[Key, int] = {(row[0], row[1]): place for place, row in enumerate(rows)}
    raw = b"".join(bytes(row[5]) for row in rows)
    if len(raw) != len(rows) * rank * 4:
        raise BrokenRun(f"The factors of {run} are not all of rank {rank}.")
    factors = np.frombuffer(raw, dtype="<f4").reshape(len(rows), rank)
    if not np.isfinite(factors).all():
        raise BrokenRun(f"Some factors of {run} are not finite.")

    def column(place: int) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
        return np.fromiter((row[place] for row in rows), dtype=np.float32, count=len(rows))

    return Knowledge(
        index,
        factors=factors,
        gram=factors.T @ factors,
        people=column(2),
        deeds=column(3),
        events=column(4),
        trend=column(6),
        neighbours={name: tuple((other, cosine) for other, cosine in near) for name, near in run.neighbours.items()},
        popular=tuple(run.popular),
        regularisation=float(run.parameters["learning"]["regularisation"]),
        confidence=float(run.parameters["learning"]["confidence"]),
    )
