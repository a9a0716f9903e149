"""This file holds the collaborative signals: what people of the same taste chose, carried over to new events.

A new event has no factors of its own; its organiser, venue, category and tags do. The person's factors are computed
when they are asked for, from what they did until then ("fold-in"), so that an interaction counts at once and not after
the next training. Source: Hu, Koren & Volinsky 2008, "Collaborative filtering for implicit feedback datasets", eq. 4.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from recommendations.hybrid.knowledge import Knowledge
from recommendations.hybrid.past import Deed, Past
from recommendations.hybrid.scene import NAN, Scene

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


def traits_of(knowledge: Knowledge, event: Deed | object) -> list[int]:
    """Return the rows of what is known of an event: itself, its organiser, venue, category and tags."""
    deed: Deed = event  # type: ignore[assignment]
    rows = [
        knowledge.row("event", deed.event_id),
        knowledge.row("organiser", deed.organiser_id),
        knowledge.row("venue", deed.venue),
        knowledge.row("category", deed.category),
        *(knowledge.row("tag", tag) for tag in deed.tags),
    ]
    return [row for row in rows if row >= 0]


def taste_of(past: Past, knowledge: Knowledge) -> NDArray[np.float32] | None:
    """Return a person's factors, float32[rank]; None if nothing they liked is known."""
    import numpy as np

    strengths: dict[int, float] = defaultdict(float)
    for deed, weight in past.liked:
        for row in traits_of(knowledge, deed):
            strengths[row] += weight
    if not strengths:
        return None
    rows = np.fromiter(strengths, dtype=np.int64)
    confidence = knowledge.confidence * np.fromiter(strengths.values(), dtype=np.float32)
    factors = knowledge.factors[rows]
    rank = knowledge.factors.shape[1]
    left = knowledge.gram + (factors.T * confidence) @ factors + knowledge.regularisation * np.eye(rank)
    taste: NDArray[np.float32] = np.linalg.solve(left, factors.T @ (1 + confidence)).astype(np.float32)
    return taste


def columns(scene: Scene) -> list[Sequence[float] | NDArray[np.float64]]:
    """Return the columns from organiser_neighbours to factors_category."""
    import numpy as np

    found, knowledge = scene.found, scene.knowledge
    taste = taste_of(scene.past, knowledge)
    near: dict[str, float] = defaultdict(float)
    total = 1.0
    for deed, weight in scene.past.liked:
        total += weight
        for name, cosine in knowledge.neighbours.get(str(deed.organiser_id), ()):
            near[name] += weight * cosine

    def scores(kind: str) -> NDArray[np.float64]:
        rows = scene.rows[kind]
        values = np.full(len(rows), NAN)
        if taste is not None:
            values[rows >= 0] = knowledge.factors[rows[rows >= 0]] @ taste
        return values

    return [
        [near.get(str(event.organiser_id), 0.0) / total for event in found],
        scores("event"),
        scores("organiser"),
        scores("venue"),
        scores("category"),
    ]
