"""This file holds the signals of popularity: whom an event, its organiser and its venue interest, and the peers."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import log1p

from recommendations.hybrid.knowledge import Kind
from recommendations.hybrid.scene import NAN, Scene

# Added to a number of people of which a share is taken (additive smoothing).
_PRIOR = 2.0


def columns(scene: Scene) -> list[list[float]]:
    """Return the columns from people to shared."""
    found, knowledge = scene.found, scene.knowledge

    def draw(kind: Kind, key: object) -> float:
        row = knowledge.row(kind, key)
        return NAN if row < 0 else log1p(float(knowledge.deeds[row]) / max(float(knowledge.events[row]), 1.0))

    def reach(kind: Kind, key: object) -> float:
        row = knowledge.row(kind, key)
        return 0.0 if row < 0 else log1p(float(knowledge.people[row]))

    def trend(kind: Kind, key: object) -> float:
        row = knowledge.row(kind, key)
        return 0.0 if row < 0 else log1p(max(float(knowledge.trend[row]), 0.0))

    organiser_trends = [trend("organiser", event.organiser_id) for event in found]
    return [
        [log1p(event.people) for event in found],
        [log1p(event.lately) for event in found],
        [log1p(event.committed) for event in found],
        [event.dismissals / (event.people + event.dismissals + _PRIOR) for event in found],
        [reach("organiser", event.organiser_id) for event in found],
        [draw("organiser", event.organiser_id) for event in found],
        [draw("venue", event.venue) for event in found],
        organiser_trends,
        [trend("venue", event.venue) for event in found],
        ranks([event.people for event in found]),
        ranks(organiser_trends),
        ranks([event.start_at for event in found]),
        [log1p(event.peers) for event in found],
        [event.peers / (event.people + _PRIOR) for event in found],
        [log1p(event.shared) for event in found],
    ]


def ranks(values: Sequence[float]) -> list[float]:
    """Return for each value the part of them that is less, equals counted half, in (0, 1)."""
    ordered = sorted(values)
    return [(bisect_left(ordered, each) + bisect_right(ordered, each)) / 2 / len(ordered) for each in values]
