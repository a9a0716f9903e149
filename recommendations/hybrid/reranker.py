"""This file holds the learned re-ranker: signals of a shortlist in, scores out, and what each signal gave to them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from recommendations.hybrid.fusing import fused
from recommendations.hybrid.signals import SIGNALS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class BadScores(Exception):
    """The re-ranker's scores are not finite, or it wants other signals than there are. Train again: manage.py train."""


@dataclass(frozen=True)
class Reranker:
    """A gradient-boosted ensemble of trees: LightGBM's booster, and the signals that it reads.

    Source: Burges 2010, "From RankNet to LambdaRank to LambdaMART"; contributions: Lundberg & Lee 2017 (SHAP values).
    """

    booster: Any

    @classmethod
    def of_text(cls, text: str) -> Reranker:
        """Return the re-ranker that LightGBM wrote as text; BadScores if it reads signals that there are not."""
        import lightgbm

        reranker = cls(lightgbm.Booster(model_str=text))
        if unknown := set(reranker.booster.feature_name()) - {signal.name for signal in SIGNALS}:
            raise BadScores(f"It wants the signals {', '.join(sorted(unknown))}, which there are not.")
        return reranker

    @cached_property
    def columns(self) -> list[int]:
        """The columns that it reads, of those in SIGNALS."""
        places = {signal.name: place for place, signal in enumerate(SIGNALS)}
        return [places[name] for name in self.booster.feature_name()]

    def scores(self, signals: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return a score for each candidate, float64[candidates]; only their order means anything."""
        import numpy as np

        if not len(signals):
            return np.zeros(0)
        scores: NDArray[np.float64] = self.booster.predict(signals[:, self.columns], num_threads=1)
        if not np.isfinite(scores).all():
            raise BadScores("Some are not finite.")
        return fused(scores, signals)

    def contributions(self, signals: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what each signal gave to each score, float64[candidates, signals]; 0 for a signal it does not read."""
        import numpy as np

        given = np.zeros(signals.shape)
        if len(signals):
            read = self.booster.predict(signals[:, self.columns], pred_contrib=True, num_threads=1)
            # The last column is what every candidate has: the mean.
            given[:, self.columns] = read[:, :-1]
        return given
