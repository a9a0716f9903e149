"""The re-ranker: scores of candidates from their features, and the contribution of each feature to a score.

The scores for people without history are fused with the heuristic's order.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from recommendations.hybrid.features import COLUMN_OF
from recommendations.rank_fusion import reciprocal_rank_fusion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BadScores(Exception):
    """The re-ranker's scores aren't finite, or it reads features that don't exist. Train again: manage.py train."""


@dataclass(frozen=True)
class Reranker:
    """A gradient-boosted ensemble of trees, as a LightGBM booster.

    Source: Burges 2010, "From RankNet to LambdaRank to LambdaMART".
    """

    booster: Any

    @classmethod
    def of_text(cls, text: str) -> Reranker:
        """Return the re-ranker that LightGBM wrote as text; BadScores if it reads features that don't exist."""
        import lightgbm

        reranker = cls(lightgbm.Booster(model_str=text))
        if unknown := set(reranker.booster.feature_name()) - set(COLUMN_OF):
            raise BadScores(f"It reads the features {', '.join(sorted(unknown))}, which don't exist.")
        return reranker

    @cached_property
    def columns(self) -> list[int]:
        """The columns of the feature matrix that it reads."""
        return [COLUMN_OF[name] for name in self.booster.feature_name()]

    def scores(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the scores of one user's candidates, float64[candidates]; only their order means anything."""
        import numpy as np

        if not len(features):
            return np.zeros(0)
        scores: NDArray[np.float64] = self.booster.predict(features[:, self.columns], num_threads=1)
        if not np.isfinite(scores).all():
            raise BadScores("Some are not finite.")
        return fused(scores, features)

    def contributions(self, features: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return the contribution of each feature to each score, float64[candidates, features]; 0 if it isn't read.

        A split on a feature contributes the difference between the mean scores after it and before it. A row's
        contributions add up to the score of the trees, less what all rows get. Source: Saabas 2014, "Interpreting
        random forests". Shapley values (Lundberg & Lee 2017) divide joint effects more evenly but take twenty times as
        long.
        """
        import numpy as np

        total = np.zeros((len(features), len(COLUMN_OF)))
        if len(features):
            leaves = self.booster.predict(features[:, self.columns], pred_leaf=True, num_threads=1)
            for of_leaf, leaf in zip(self._leaf_contributions, leaves.T, strict=True):
                total += of_leaf[leaf]
        return total

    @cached_property
    def _leaf_contributions(self) -> NDArray[np.float64]:
        """The contributions of the splits on the way to each leaf: float64[trees, leaves, features]."""
        import numpy as np

        trees = self.booster.dump_model()["tree_info"]
        result = np.zeros((len(trees), max(tree["num_leaves"] for tree in trees), len(COLUMN_OF)))
        for tree, of_leaf in zip(trees, result, strict=True):
            self._add_leaves(tree["tree_structure"], np.zeros(len(COLUMN_OF)), of_leaf)
        return result

    def _add_leaves(self, node: dict[str, Any], so_far: NDArray[np.float64], of_leaf: NDArray[np.float64]) -> None:
        if "leaf_index" in node:
            of_leaf[node["leaf_index"]] = so_far
        # A tree without a split is one leaf without an index.
        for side in ("left_child", "right_child") if "split_feature" in node else ():
            after = so_far.copy()
            after[self.columns[node["split_feature"]]] += _value(node[side]) - _value(node)
            self._add_leaves(node[side], after, of_leaf)


def _value(node: dict[str, Any]) -> float:
    value: float = node["leaf_value"] if "leaf_value" in node else node["internal_value"]
    return value


def fused(scores: NDArray[np.float64], features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Return the scores of one user's candidates: unchanged if the user has positive interactions.

    Without history, the re-ranker knows little more than what others chose lately, and fails when fashions change.
    The scores are then those of the rank fusion of the re-ranker's and the heuristic's order of the candidates, in
    (0, 2 / K]. scores: float64[candidates]; features: float32[candidates, features].
    """
    import numpy as np

    if not len(scores) or features[0, COLUMN_OF["deeds"]] > 0:
        return scores
    match, people, lead_days = (features[:, COLUMN_OF[name]] for name in ("interest_match", "people", "lead_days"))
    heuristic = np.lexsort((lead_days, -people, -match))
    learned = np.argsort(-scores, kind="stable")
    total = reciprocal_rank_fusion((learned.tolist(), heuristic.tolist()))
    return np.array([total[candidate] for candidate in range(len(scores))])
