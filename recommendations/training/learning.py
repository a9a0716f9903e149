"""This file holds the learning of traits: factors, reach and neighbours, from what people did before a cutoff."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from recommendations.hybrid.knowledge import Knowledge
from recommendations.training.table import Table, table_before

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RANK, ITERATIONS, REGULARISATION, CONFIDENCE = 32, 15, 1.0, 10.0
NEIGHBOURS, POPULAR = 50, 100
# Added to products of norms, so that two people in common do not make organisers alike.
_SHRINKAGE = 5.0


def learn(cutoff: datetime, seed: int) -> Knowledge:
    """Return what is to be learnt of the interactions before a cutoff. The same data and seed give the same.

    Alternating least squares over persons × (events, organisers, venues, categories, tags): what is common to events
    has factors of its own, which a new event inherits.
    """
    import numpy as np
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    table = table_before(cutoff)
    traits = len(table.index)
    if table.weights.nnz == 0:
        return Knowledge(
            table.index,
            factors=np.zeros((traits, RANK), np.float32),
            gram=np.zeros((RANK, RANK), np.float32),
            people=np.zeros(traits, np.float32),
            deeds=np.zeros(traits, np.float32),
            events=table.events,
            trend=np.zeros(traits, np.float32),
        )
    # One thread: which one adds up first would decide the last bits.
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=RANK,
            regularization=REGULARISATION,
            alpha=CONFIDENCE,
            iterations=ITERATIONS,
            random_state=seed,
            num_threads=1,
        )
        model.fit(table.weights, show_progress=False)
    factors = np.asarray(model.item_factors, dtype=np.float32)
    columns = table.weights.tocsc()
    people = np.diff(columns.indptr).astype(np.float32)
    deeds = np.asarray((table.weights > 0).sum(axis=0), dtype=np.float32).ravel()
    # Persons who have nothing to do with a trait say nothing of it; ALS leaves its first, random factors.
    factors[people == 0] = 0
    return Knowledge(
        table.index,
        factors=factors,
        gram=(factors.T @ factors).astype(np.float32),
        people=people,
        deeds=deeds,
        events=table.events,
        trend=table.trend,
        neighbours=_neighbours(table),
        popular=_popular(table, people),
        regularisation=REGULARISATION,
        confidence=CONFIDENCE,
    )


def _neighbours(table: Table) -> dict[str, tuple[tuple[str, float], ...]]:
    """Return for each organiser those with most people in common: cosines, shrunk towards 0, greatest first."""
    import numpy as np

    names = [(key, row) for (kind, key), row in table.index.items() if kind == "organiser"]
    chosen = (table.weights[:, [row for _, row in names]] > 0).astype(np.float32)
    common = (chosen.T @ chosen).tocsr()
    norms = np.sqrt(common.diagonal())
    found = {}
    for place, (name, _) in enumerate(names):
        others = common.indices[common.indptr[place] : common.indptr[place + 1]]
        counts = common.data[common.indptr[place] : common.indptr[place + 1]]
        cosines = counts / (norms[place] * norms[others] + _SHRINKAGE)
        order = np.lexsort((others, -cosines))[: NEIGHBOURS + 1]
        near = [(names[others[each]][0], float(cosines[each])) for each in order if others[each] != place]
        if near:
            found[name] = tuple(near[:NEIGHBOURS])
    return found


def _popular(table: Table, people: NDArray[np.float32]) -> tuple[int, ...]:
    events = [(int(key), row) for (kind, key), row in table.index.items() if kind == "event" and people[row] > 0]
    events.sort(key=lambda each: (-people[each[1]], each[0]))
    return tuple(event_id for event_id, _ in events[:POPULAR])
