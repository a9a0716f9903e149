"""The models: entity statistics by matrix factorisation, and the re-ranker by gradient boosting."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from recommendations.hybrid.entity_statistics import EntityStatistics
from recommendations.hybrid.features import FEATURES
from recommendations.hybrid.reranker import Reranker
from recommendations.training.datasets import Example, InteractionMatrix, interaction_matrix

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Read when OpenMP is loaded, with the libraries below: threads that wait for each other sleep instead of spinning.
# Beside another busy process, a training that spins takes four times as long. It changes no result.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

RANK, ITERATIONS, REGULARISATION, CONFIDENCE = 32, 15, 1.0, 10.0
NEIGHBOURS, POPULAR = 50, 100
# Added to products of norms, so that two users in common don't make organisers alike.
_SHRINKAGE = 5.0
ROUNDS = 250
# Chosen on windows before those that are reported on: docs/decisions/0011-the-hybrid.md.
PARAMETERS: dict[str, Any] = {
    "objective": "lambdarank",
    "lambdarank_truncation_level": 10,
    "learning_rate": 0.05,
    "num_leaves": 15,
    "min_data_in_leaf": 50,
    "feature_fraction": 0.3,
    "bagging_fraction": 0.7,
    "bagging_freq": 1,
    "lambda_l2": 5.0,
    "max_bin": 63,
    "deterministic": True,
    "force_row_wise": True,
    "verbose": -1,
}


class NothingToLearn(Exception):
    """Nobody chose anything that lay ahead. Train again when people have applied to or saved some events."""


def learned_statistics(cutoff: datetime, seed: int) -> EntityStatistics:
    """Return the statistics of the interactions before a cutoff. The same data and seed give the same result.

    Alternating least squares over users × (events, organisers, series, venues, categories, tags): entities that events
    have in common get factors of their own, which a new event inherits.
    """
    import numpy as np
    from implicit.cpu.als import AlternatingLeastSquares
    from threadpoolctl import threadpool_limits

    matrix = interaction_matrix(cutoff)
    entities = len(matrix.index)
    if matrix.weights.nnz == 0:
        return EntityStatistics(
            matrix.index,
            factors=np.zeros((entities, RANK), np.float32),
            gram=np.zeros((RANK, RANK), np.float32),
            people=np.zeros(entities, np.float32),
            interactions=np.zeros(entities, np.float32),
            events=matrix.events,
            trend=np.zeros(entities, np.float32),
        )
    # Single-threaded: the order of a sum changes the last bits of floats.
    with threadpool_limits(limits=1, user_api="blas"):
        model = AlternatingLeastSquares(
            factors=RANK,
            regularization=REGULARISATION,
            alpha=CONFIDENCE,
            iterations=ITERATIONS,
            random_state=seed,
            num_threads=1,
        )
        model.fit(matrix.weights, show_progress=False)
    factors = np.asarray(model.item_factors, dtype=np.float32)
    people = np.diff(matrix.weights.tocsc().indptr).astype(np.float32)
    interactions = np.asarray((matrix.weights > 0).sum(axis=0), dtype=np.float32).ravel()
    # Nobody says anything about an entity without users; ALS leaves its first, random factors.
    factors[people == 0] = 0
    return EntityStatistics(
        matrix.index,
        factors=factors,
        gram=(factors.T @ factors).astype(np.float32),
        people=people,
        interactions=interactions,
        events=matrix.events,
        trend=matrix.trend,
        neighbours=_neighbours(matrix),
        popular=_popular(matrix, people),
        regularisation=REGULARISATION,
        confidence=CONFIDENCE,
    )


def _neighbours(matrix: InteractionMatrix) -> dict[str, tuple[tuple[str, float], ...]]:
    """Return for each organiser those with most users in common: cosines, shrunk towards 0, greatest first."""
    import numpy as np

    organisers = [(key, column) for (kind, key), column in matrix.index.items() if kind == "organiser"]
    chosen = (matrix.weights[:, [column for _, column in organisers]] > 0).astype(np.float32)
    common = (chosen.T @ chosen).tocsr()
    norms = np.sqrt(common.diagonal())
    result = {}
    for position, (organiser_id, _) in enumerate(organisers):
        others = common.indices[common.indptr[position] : common.indptr[position + 1]]
        counts = common.data[common.indptr[position] : common.indptr[position + 1]]
        cosines = counts / (norms[position] * norms[others] + _SHRINKAGE)
        order = np.lexsort((others, -cosines))[: NEIGHBOURS + 1]
        near = [(organisers[others[each]][0], float(cosines[each])) for each in order if others[each] != position]
        if near:
            result[organiser_id] = tuple(near[:NEIGHBOURS])
    return result


def _popular(matrix: InteractionMatrix, people: NDArray[np.float32]) -> tuple[int, ...]:
    events = [(int(key), row) for (kind, key), row in matrix.index.items() if kind == "event" and people[row] > 0]
    events.sort(key=lambda each: (-people[each[1]], each[0]))
    return tuple(event_id for event_id, _ in events[:POPULAR])


def trained_reranker(
    examples: Sequence[Example], *, seed: int, threads: int, without: frozenset[str] = frozenset()
) -> Reranker:
    """Return a re-ranker trained on examples; `without` the features of these groups. The same input gives the same.

    NothingToLearn if no example has a choice among its candidates.
    """
    import lightgbm
    import numpy as np

    informative = [example for example in examples if example.gains.any()]
    if not informative:
        raise NothingToLearn
    columns = [column for column, feature in enumerate(FEATURES) if feature.group not in without]
    dataset = lightgbm.Dataset(
        np.concatenate([example.features[:, columns] for example in informative]),
        label=np.concatenate([example.gains for example in informative]),
        group=[len(example.gains) for example in informative],
        feature_name=[FEATURES[column].name for column in columns],
        free_raw_data=True,
    )
    return Reranker(lightgbm.train({**PARAMETERS, "seed": seed, "num_threads": threads}, dataset, ROUNDS))
