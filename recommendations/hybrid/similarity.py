"""This file holds the similarity of events' texts to what a person liked, where there are vectors to tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from events.sql import rows_of
from recommendations.embeddings.embedder import NoEmbedder, embedder
from recommendations.hybrid.past import Past

_SQL = (Path(__file__).resolve().parents[1] / "sql" / "similarity.sql").read_text()
_EXTENSION = (Path(__file__).resolve().parents[1] / "sql" / "has_vectors.sql").read_text()
# The newest deeds that somebody's taste is made of.
_DEEDS = 50


def similarities(past: Past, found: Sequence[int]) -> Mapping[int, float]:
    """Return a cosine for each event that has a vector: in [-1, 1], with the decayed sum of what the person liked.

    Empty where there is nothing to compare: no past, no vectors, no encoder, no extension. Two statements.
    """
    weights: dict[int, float] = defaultdict(float)
    for deed, weight in past.liked[:_DEEDS]:
        weights[deed.event_id] += weight
    try:
        encoder = embedder()
    except NoEmbedder:
        return {}
    if not weights or not found or not rows_of(_EXTENSION, {})[0][0]:
        return {}
    rows = rows_of(
        _SQL,
        {
            "liked": list(weights),
            "weights": list(weights.values()),
            "found": list(found),
            "model": encoder.name,
            "version": encoder.version,
            "dimensions": encoder.dimensions,
        },
    )
    return {event_id: cosine for event_id, cosine in rows if cosine == cosine}
