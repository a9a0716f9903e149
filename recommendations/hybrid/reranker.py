"""This file holds the learned re-ranker: signals of a shortlist in, scores out, and what each signal gave to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from recommendations.hybrid.fusing import fused
from recommendations.hybrid.signals import COLUMN_OF

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BadScores(Exception):
    """The re-ranker's scores are not finite, or it wants other signals than there are. Train again: manage.py train."""


@dataclass(frozen=True)
class Reranker:
    """A gradient-boosted ensemble of trees: LightGBM's booster, and the signals that it reads.

    Source: Burges 2010, "From RankNet to LambdaRank to LambdaMART".
    """

    booster: Any

    @classmethod
    def of_text(cls, text: str) -> Reranker:
        """Return the re-ranker that LightGBM wrote as text; BadScores if it reads signals that there are not."""
        import lightgbm

        reranker = cls(lightgbm.Booster(model_str=text))
        if unknown := set(reranker.booster.feature_name()) - set(COLUMN_OF):
            raise BadScores(f"It wants the signals {', '.join(sorted(unknown))}, which there are not.")
        return reranker

    @cached_property
    def columns(self) -> list[int]:
        """The columns that it reads, of those in SIGNALS."""
        return [COLUMN_OF[name] for name in self.booster.feature_name()]

    def scores(self, signals: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return a score for each candidate, float64[candidates]; only their order means anything."""
        import numpy as np

        if not len(signals):
            return np.zeros(0)
        scores: NDArray[np.float64] = self.booster.predict(signals[:, self.columns], num_threads=1)
        if not np.isfinite(scores).all():
            raise BadScores("Some are not finite.")
        return fused(scores, signals)

    @cached_property
    def steps(self) -> NDArray[np.float64]:
        """What the decisions on the way to a leaf gave, by the signal decided on: float64[trees, leaves, signals]."""
        import numpy as np

        trees = self.booster.dump_model()["tree_info"]
        steps = np.zeros((len(trees), max(tree["num_leaves"] for tree in trees), len(COLUMN_OF)))
        for tree, found in zip(trees, steps, strict=True):
            self._walk(tree["tree_structure"], np.zeros(len(COLUMN_OF)), found)
        return steps

    def _walk(self, node: dict[str, Any], given: NDArray[np.float64], found: NDArray[np.float64]) -> None:
        if "leaf_index" in node:
            found[node["leaf_index"]] = given
        # A tree that decides nothing is one leaf without a number.
        for side in ("left_child", "right_child") if "split_feature" in node else ():
            beyond = given.copy()
            beyond[self.columns[node["split_feature"]]] += _value(node[side]) - _value(node)
            self._walk(node[side], beyond, found)

    def contributions(self, signals: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what each signal gave to each score, float64[candidates, signals]; 0 for a signal it does not read.

        A decision on a signal gives the difference between the mean scores behind it and before it. What a row gets
        adds up to the trees' score, less what all get. Source: Saabas 2014, "Interpreting random forests"; Shapley
        values (Lundberg & Lee 2017), which share out what signals do together more evenly, take twenty times as long.
        """
        import numpy as np

        given = np.zeros((len(signals), len(COLUMN_OF)))
        if len(signals):
            leaves = self.booster.predict(signals[:, self.columns], pred_leaf=True, num_threads=1)
            for steps, at in zip(self.steps, leaves.T, strict=True):
                given += steps[at]
        return given


def _value(node: dict[str, Any]) -> float:
    value: float = node["leaf_value"] if "leaf_value" in node else node["internal_value"]
    return value
