"""Ablation: what each feature is worth alone, and what the hybrid loses without its group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.conf import settings

from recommendations.evaluation.replay import embed_everything
from recommendations.evaluation.tasks import PLACES, Ranking, Say, TaskWindow
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from recommendations.hybrid.diversification import ScoredCandidate, diversified
from recommendations.hybrid.feature_context import FeatureContext, context_for
from recommendations.hybrid.features import COLUMN_OF, FEATURES, feature_matrix
from recommendations.training.datasets import windows_before
from recommendations.training.models import learned_statistics, trained_reranker
from recommendations.training.pipeline import examples_in
from users.models import User

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Scorer = Callable[["NDArray[np.float32]"], "NDArray[np.float64]"]


def ablations_in(window: TaskWindow, names: dict[int, str], *, seed: int, say: Say) -> Iterator[Ranking]:
    """Yield the rankings of a window's tasks by each feature alone, and by the hybrid whole and without each group.

    In the database that Django is pointed at. Only the candidates are ranked; of equals, the smaller id first.
    """
    embed_everything(window.now)
    scorers = _scorers(window, seed=seed, say=say)
    statistics = learned_statistics(window.now, seed)
    users = {user.username: user for user in User.objects.all()}
    for task in window.tasks:
        context = context_for(viewer_of(users[task.username], window.now), NO_FILTERS, statistics)
        features = feature_matrix(context)
        for name, scores in scorers.items():
            ids = (names[pk] for pk in _order(context, scores(features)))
            yield Ranking(window.name, task.username, name, tuple(ids))


def _scorers(window: TaskWindow, *, seed: int, say: Say) -> dict[str, Scorer]:
    windows = examples_in(windows_before(window.now), seed=seed, say=say)
    examples = [example for each in windows for example in each]
    scorers: dict[str, Scorer] = {}
    for column, feature in enumerate(FEATURES):
        scorers[f"signal-{feature.name}"] = _alone(column, -1.0 if feature.descending else 1.0)
    scorers |= {f"rule-{name}": rule for name, rule in RULES.items()}
    for group in ["", *dict.fromkeys(feature.group for feature in FEATURES)]:
        say(f"boosting {'without ' + group if group else 'with everything'}")
        without = frozenset({group} - {""})
        reranker = trained_reranker(examples, seed=seed, threads=settings.TRAINING_THREADS, without=without)
        scorers[f"hybrid-without-{group}" if group else "hybrid-whole"] = reranker.scores
    return scorers


def _column(features: NDArray[np.float32], name: str) -> NDArray[np.float64]:
    import numpy as np

    return np.nan_to_num(features[:, COLUMN_OF[name]].astype(np.float64), nan=0.0)


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values less their mean, in units of their standard deviation; zeros if they are all the same."""
    spread = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else values * 0.0


def _organisers_before(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """Organisers chosen before come first, then the sooner start."""
    return (_column(features, "organiser_deeds") > 0) * 1e6 - _column(features, "lead_days")


def _collaborative(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """The scores of the factorisation for the event and what it has in common with others, added up."""
    return sum(
        (_column(features, f"factors_{kind}") for kind in ("event", "organiser", "venue", "category")),
        start=_column(features, "factors_event") * 0.0,
    )


def _content_first(features: NDArray[np.float32]) -> NDArray[np.float64]:
    """The specification's form of a hybrid: content decides, collaborative scores are a boost of half its weight."""
    return _standardised(_column(features, "similarity")) + 0.5 * _standardised(_collaborative(features))


# What a hybrid has to beat: rules without training on what was chosen.
RULES: dict[str, Scorer] = {
    "organisers-before": _organisers_before,
    "collaborative": _collaborative,
    "content-first": _content_first,
}


def _alone(column: int, sign: float) -> Scorer:
    def scores(features: NDArray[np.float32]) -> NDArray[np.float64]:
        import numpy as np

        # What nothing is known of comes last.
        return np.nan_to_num(sign * features[:, column].astype(np.float64), nan=-1e9)

    return scores


def _order(context: FeatureContext, scores: NDArray[np.float64]) -> Iterator[int]:
    seen = context.history.event_ids
    scored = [
        ScoredCandidate(index, float(scores[index]), each.organiser_id, each.series, each.start_at)
        for index, each in enumerate(context.candidates)
        if each.event_id not in seen
    ]
    for each in diversified(scored)[:PLACES]:
        yield context.candidates[each.position].event_id
