"""This file holds the signals of popularity: whom an event and what it has in common interest, and the peers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from recommendations.hybrid.scene import NAN, Scene

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

# Added to a number of people of which a share is taken (additive smoothing).
_PRIOR = 2.0


def columns(scene: Scene) -> list[NDArray[np.float64]]:
    """Return the columns from people to series_trend."""
    import numpy as np

    found, knowledge = scene.found, scene.knowledge
    people, dismissals, peers = (
        np.array([getattr(event, name) for event in found], dtype=float) for name in ("people", "dismissals", "peers")
    )

    def draw(kind: str) -> NDArray[np.float64]:
        events = np.maximum(scene.known(kind, knowledge.events, NAN), 1.0)
        return np.log1p(scene.known(kind, knowledge.deeds, NAN) / events)

    def trend(kind: str) -> NDArray[np.float64]:
        return np.log1p(np.maximum(scene.known(kind, knowledge.trend, 0.0), 0.0))

    organiser_trend = trend("organiser")
    return [
        np.log1p(people),
        np.log1p([event.lately for event in found]),
        np.log1p([event.committed for event in found]),
        dismissals / (people + dismissals + _PRIOR),
        np.log1p(scene.known("organiser", knowledge.people, 0.0)),
        draw("organiser"),
        draw("venue"),
        organiser_trend,
        trend("venue"),
        ranks(people),
        ranks(organiser_trend),
        ranks([event.start_at for event in found]),
        np.log1p(peers),
        peers / (people + _PRIOR),
        np.log1p([event.shared for event in found]),
        np.log1p(scene.known("series", knowledge.people, 0.0)),
        draw("series"),
        trend("series"),
    ]


def ranks(values: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return for each value the part of them that is less, equals counted half, in (0, 1)."""
    import numpy as np

    ordered = np.sort(values)
    less, not_more = (np.searchsorted(ordered, values, side=side) for side in ("left", "right"))
    return (less + not_more) / 2 / len(ordered)
