"""This file holds the listing of a person: their shortlist, scored, explained and arranged."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from recommendations.feed.ranked_list import Attribution, RankedItem
from recommendations.feed.viewer import Filters, Viewer
from recommendations.hybrid.arranging import Scored, arranged
from recommendations.hybrid.scene import Person, Scene
from recommendations.hybrid.scenes import scene_of
from recommendations.hybrid.shortlist import Moment
from recommendations.hybrid.signals import SIGNALS, matrix_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from recommendations.hybrid.model import Model

# Reasons told of an event.
_PARTS = 3
# What gave a score is told of as many as the longest page shows: past these, reasons go without it.
TOLD = 100


def places_for(viewer: Viewer, filters: Filters, model: Model) -> tuple[RankedItem, ...]:
    """Return the viewer's shortlist, best first."""
    user = viewer.user
    person = Person(user.pk, viewer.interests, user.latitude, user.longitude)
    moment = Moment(user.pk, viewer.now, filters, user.latitude, user.longitude)
    scene = scene_of(person, moment, model.knowledge)
    return listed(scene, model)


def listed(scene: Scene, model: Model) -> tuple[RankedItem, ...]:
    """Return the events of a scene, best first, with what spoke most for each of the first hundred."""
    signals = matrix_of(scene)
    scores = model.reranker.scores(signals)
    best = arranged([Scored(at, float(scores[at]), found.organiser_id) for at, found in enumerate(scene.found)])
    told = signals[[each.place for each in best[:TOLD]]]
    given = model.reranker.contributions(told)
    parts = [_parts(values, gave) for values, gave in zip(told, given, strict=True)]
    return tuple(
        RankedItem(scene.found[each.place].event_id, each.score, parts[at] if at < len(parts) else ())
        for at, each in enumerate(best)
    )


def _parts(values: NDArray[np.float32], given: NDArray[np.float64]) -> tuple[Attribution, ...]:
    """Return the signals that raised a score most, of each group the first; unknown values are no reason."""
    best: dict[str, Attribution] = {}
    for at in sorted(range(len(SIGNALS)), key=lambda at: (-given[at], at)):
        if given[at] <= 0 or len(best) == _PARTS:
            break
        signal = SIGNALS[at]
        if signal.group not in best and not math.isnan(values[at]):
            best[signal.group] = Attribution(signal.name, float(values[at]), float(given[at]))
    return tuple(best.values())
