"""This file holds the training of the re-ranker from examples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from recommendations.hybrid.reranker import Reranker
from recommendations.hybrid.signals import SIGNALS

if TYPE_CHECKING:
    from recommendations.training.examples import Example

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


def boosted(examples: Sequence[Example], *, seed: int, threads: int, without: frozenset[str] = frozenset()) -> Reranker:
    """Return a re-ranker of the examples; `without` the signals of these groups. The same input gives the same.

    NothingToLearn if no example has a choice that was on its shortlist.
    """
    import lightgbm
    import numpy as np

    telling = [example for example in examples if example.gains.any()]
    if not telling:
        raise NothingToLearn
    columns = [place for place, signal in enumerate(SIGNALS) if signal.group not in without]
    table = lightgbm.Dataset(
        np.concatenate([example.signals[:, columns] for example in telling]),
        label=np.concatenate([example.gains for example in telling]),
        group=[len(example.gains) for example in telling],
        feature_name=[SIGNALS[place].name for place in columns],
        free_raw_data=True,
    )
    return Reranker(lightgbm.train({**PARAMETERS, "seed": seed, "num_threads": threads}, table, ROUNDS))
