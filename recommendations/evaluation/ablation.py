"""This file holds the ablation: what each signal is worth, alone and by what the hybrid loses without its group."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from django.conf import settings

from recommendations.evaluation.replay import PLACES, Ranking, embed_everything
from recommendations.evaluation.source import Say, TaskWindow
from recommendations.feed.viewer import Filters
from recommendations.hybrid.arranging import Scored, arranged
from recommendations.hybrid.scene import Person, Scene
from recommendations.hybrid.scenes import scene_of
from recommendations.hybrid.shortlist import Moment
from recommendations.hybrid.signals import COLUMN_OF, SIGNALS, matrix_of
from recommendations.training.boosting import boosted
from recommendations.training.learning import learn
from recommendations.training.training import examples_in
from recommendations.training.windows import windows_before
from users.models import User

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Scorer = Callable[["NDArray[np.float32]"], "NDArray[np.float64]"]

# Of these the smaller is the better.
_DESCENDING = {
    "organiser_days", "organiser_ahead", "organiser_untaken", "days_since", "home_km", "usual_km", "lead_days",
    "dismissed_share", "start_rank",
}  # fmt: skip


def ablations_in(window: TaskWindow, names: dict[int, str], *, seed: int, say: Say) -> Iterator[Ranking]:
    """Yield the rankings of a window's tasks by each signal alone, and by the hybrid whole and without each group.

    In the database that Django is pointed at. Only what is on the shortlist is ranked; of equals, the smaller id first.
    """
    embed_everything(window.now)
    scorers = _scorers(window, seed=seed, say=say)
    knowledge = learn(window.now, seed)
    users = {user.username: user for user in User.objects.all()}
    for task in window.tasks:
        user = users[task.username]
        person = Person(user.pk, tuple(user.interests), user.latitude, user.longitude)
        scene = scene_of(person, Moment(user.pk, window.now, Filters(), user.latitude, user.longitude), knowledge)
        signals = matrix_of(scene)
        for name, scores in scorers.items():
            ids = (names[pk] for pk in _order(scene, scores(signals)))
            yield Ranking(window.name, task.username, name, tuple(ids))


def _scorers(window: TaskWindow, *, seed: int, say: Say) -> dict[str, Scorer]:
    windows = examples_in(windows_before(window.now), seed=seed, say=say)
    examples = [example for each in windows for example in each]
    found: dict[str, Scorer] = {}
    for place, signal in enumerate(SIGNALS):
        found[f"signal-{signal.name}"] = _alone(place, -1.0 if signal.name in _DESCENDING else 1.0)
    found |= {f"rule-{name}": rule for name, rule in RULES.items()}
    for group in ["", *dict.fromkeys(signal.group for signal in SIGNALS)]:
        say(f"boosting {'without ' + group if group else 'with everything'}")
        without = frozenset({group} - {""})
        reranker = boosted(examples, seed=seed, threads=settings.TRAINING_THREADS, without=without)
        found[f"hybrid-without-{group}" if group else "hybrid-whole"] = reranker.scores
    return found


def _column(signals: NDArray[np.float32], name: str) -> NDArray[np.float64]:
    import numpy as np

    return np.nan_to_num(signals[:, COLUMN_OF[name]].astype(np.float64), nan=0.0)


def _standardised(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return values less their mean, in units of their standard deviation; zeros if they are all the same."""
    spread = float(values.std()) if len(values) else 0.0
    return (values - values.mean()) / spread if spread > 0 else values * 0.0


def _organisers_before(signals: NDArray[np.float32]) -> NDArray[np.float64]:
    """Organisers chosen before come first, then the sooner start."""
    return (_column(signals, "organiser_deeds") > 0) * 1e6 - _column(signals, "lead_days")


def _collaborative(signals: NDArray[np.float32]) -> NDArray[np.float64]:
    """The scores of the factorisation for the event and what it has in common with others, added up."""
    return sum(
        (_column(signals, f"factors_{kind}") for kind in ("event", "organiser", "venue", "category")),
        start=_column(signals, "factors_event") * 0.0,
    )


def _content_first(signals: NDArray[np.float32]) -> NDArray[np.float64]:
    """The specification's form of a hybrid: content decides, collaborative scores are a boost of half its weight."""
    return _standardised(_column(signals, "similarity")) + 0.5 * _standardised(_collaborative(signals))


# What a hybrid has to beat: rules without training on what was chosen.
RULES: dict[str, Scorer] = {
    "organisers-before": _organisers_before,
    "collaborative": _collaborative,
    "content-first": _content_first,
}


def _alone(place: int, sign: float) -> Scorer:
    def scores(signals: NDArray[np.float32]) -> NDArray[np.float64]:
        import numpy as np

        # What nothing is known of comes last.
        return np.nan_to_num(sign * signals[:, place].astype(np.float64), nan=-1e9)

    return scores


def _order(scene: Scene, scores: NDArray[np.float64]) -> Iterator[int]:
    touched = scene.past.event_ids()
    scored = [
        Scored(at, float(scores[at]), found.organiser_id)
        for at, found in enumerate(scene.found)
        if found.event_id not in touched
    ]
    for each in arranged(scored)[:PLACES]:
        yield scene.found[each.place].event_id
