"""Ranked lists of the hybrid: the candidates of a viewer, scored by the active model, diversified and explained."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from recommendations.feed.ranked_list import Attribution, NoActiveRun, RankedItem, RankedList
from recommendations.feed.viewer import Filters, Viewer
from recommendations.hybrid.cache import cache_list, cached_list, key_for
from recommendations.hybrid.diversification import ScoredCandidate, diversified
from recommendations.hybrid.entity_statistics import DamagedRun, EntityStatistics, statistics_of
from recommendations.hybrid.feature_context import FeatureContext, context_for
from recommendations.hybrid.features import FEATURES, feature_matrix
from recommendations.hybrid.reranker import Reranker
from recommendations.models import TrainingRun

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Features that an event's reasons name.
_REASONS = 3
# Events that have reasons: as many as the longest page shows.
EXPLAINED = 100


@dataclass(frozen=True)
class Model:
    """What a training run has learned."""

    run_id: int
    reranker: Reranker
    statistics: EntityStatistics


# The active run, and its predecessor for requests that began before the change.
@lru_cache(maxsize=2)
def model_of(run_id: int) -> Model:
    """Return the model of a training run; DamagedRun or BadScores if it can't be used. Two statements, then none."""
    run = TrainingRun.objects.get(pk=run_id)
    if not run.has_intact_model:
        raise DamagedRun(f"The model of {run} has another hash than when it was written.")
    return Model(run_id, Reranker.of_text(run.model), statistics_of(run))


def list_for(viewer: Viewer, filters: Filters) -> RankedList:
    """Return the viewer's ranked list by the active training run, from the cache or new; NoActiveRun if there is none.

    Raises the cache's error if it is down: later pages of a list that isn't cached couldn't be served.
    """
    key, run_id = key_for("hybrid", viewer, filters)
    if run_id is None:
        raise NoActiveRun
    if (cached := cached_list(key)) is not None:
        return cached
    model = model_of(run_id)
    ranked_list = RankedList.of(key, ranked_items(context_for(viewer, filters, model.statistics), model.reranker))
    cache_list(ranked_list, viewer.known_user)
    return ranked_list


def ranked_items(context: FeatureContext, reranker: Reranker) -> tuple[RankedItem, ...]:
    """Return the candidates best first; the first EXPLAINED with the features that contributed most."""
    features = feature_matrix(context)
    candidates = context.candidates
    scored = zip(range(len(candidates)), reranker.scores(features).tolist(), candidates, strict=True)
    best = diversified(
        [ScoredCandidate(index, score, each.organiser_id, each.series, each.start_at) for index, score, each in scored]
    )
    shown = features[[each.position for each in best[:EXPLAINED]]]
    contributions = reranker.contributions(shown)
    attributions = [_attributions(*row) for row in zip(shown, contributions, strict=True)]
    attributions += [()] * (len(best) - len(attributions))
    return tuple(
        RankedItem(candidates[each.position].event_id, each.score, of_event)
        for each, of_event in zip(best, attributions, strict=True)
    )


def _attributions(values: NDArray[np.float32], contributions: NDArray[np.float64]) -> tuple[Attribution, ...]:
    """Return the features that raised a score most, one of each group; none that explains nothing."""
    best: dict[str, Attribution] = {}
    for column in sorted(range(len(FEATURES)), key=lambda column: (-contributions[column], column)):
        if contributions[column] <= 0 or len(best) == _REASONS:
            break
        feature = FEATURES[column]
        if feature.group not in best and feature.explains(float(values[column])):
            best[feature.group] = Attribution(feature.name, float(values[column]), float(contributions[column]))
    return tuple(best.values())
