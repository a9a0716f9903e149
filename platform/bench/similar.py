"""Similar events: the time of an answer among many vectors, and the share of the nearest in it."""

import time
from collections.abc import Iterator
from statistics import median

import numpy as np
from django.db import connection
from django.utils import timezone
from numpy.typing import NDArray

from bench.figures import Figure, Part, Run, high, ms, times
from bench.world import World
from events.models import Event
from recommendations.embeddings.embedder import embedder
from recommendations.feed.ranking import candidates_for
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from recommendations.models import EventEmbedding
from recommendations.semantic_search.search import nearest
from recommendations.semantic_search.vector_index import DIMENSIONS, INDEX, keep_index
from users.models import User

BAR_MS, BAR_SHARE = 20.0, 0.95
# A larger world takes minutes to fill, and answers nothing else.
_MOST = 100_000
_ASKED, _LIMIT, _THEMES, _NOISE, _SEED, _BATCH = 50, 20, 500, 1.0, 1, 2_000


def similar(run: Run) -> Part:
    """Give each event of a world a vector, and look for the events nearest to some of them."""
    figures: list[Figure] = []
    for world in run.worlds:
        if world.events <= _MOST:
            run.server.database_of_django(world.database)
            run.say(f"{world.size}: vectors")
            try:
                figures += _figures(world)
            finally:
                # The other parts measure a world without vectors.
                with connection.cursor() as cursor:
                    cursor.execute(f"DROP INDEX IF EXISTS {INDEX.name}")
                    cursor.execute(f"TRUNCATE {EventEmbedding._meta.db_table}")
    how = (
        f"The {_LIMIT} candidates nearest to each of {_ASKED} upcoming events, by the function of the endpoint, "
        "with all its statements. Vectors are generated: parts of two of 500 themes and as much noise, so that "
        "many are almost equally near. The reference compares all candidates one by one."
    )
    return Part("Similar events", how, tuple(figures))


def _figures(world: World) -> Iterator[Figure]:
    now = timezone.now()
    for batch in _embeddings(list(Event.objects.order_by("pk"))):
        EventEmbedding.objects.bulk_create(batch)
    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM (ANALYZE) {EventEmbedding._meta.db_table}")
    viewer, encoder = viewer_of(User.objects.order_by("pk")[0], now), embedder()
    upcoming = list(candidates_for(viewer, NO_FILTERS).order_by("pk").values_list("pk", flat=True))
    some = upcoming[:: max(len(upcoming) // _ASKED, 1)][:_ASKED]
    vectors = EventEmbedding.objects.filter(event__in=some).order_by("event").values_list("event_id", "vector")

    def answers() -> tuple[list[set[int]], list[float]]:
        ids, milliseconds = [], []
        for event_id, vector in vectors:
            candidates = candidates_for(viewer, NO_FILTERS).exclude(pk=event_id)
            began = time.perf_counter()
            ids.append(set(nearest(vector, encoder, candidates, limit=_LIMIT)))
            milliseconds.append((time.perf_counter() - began) * 1000)
        return ids, milliseconds

    # Without the index all are compared.
    exact, reference = answers()
    keep_index()
    served, taken = answers()
    share = sum(len(ours & all_of_them) for ours, all_of_them in zip(served, exact, strict=True)) / _LIMIT / len(served)
    yield Figure(
        world.size, "similar events", ms(median(taken)), ms(high(taken)), ms(median(reference)),
        times(median(taken) / median(reference)), f"≤ {BAR_MS:.0f} ms", median(taken) <= BAR_MS,
    )  # fmt: skip
    yield Figure(
        world.size, "of the nearest, in the answer", f"{share:.1%}", bar=f"≥ {BAR_SHARE:.0%}", met=share >= BAR_SHARE
    )


def _embeddings(events: list[Event]) -> Iterator[list[EventEmbedding]]:
    encoder, random = embedder(), np.random.default_rng(_SEED)
    themes = _unit(random.normal(size=(_THEMES, DIMENSIONS)))
    for at in range(0, len(events), _BATCH):
        batch = events[at : at + _BATCH]
        first, second = themes[random.integers(_THEMES, size=(2, len(batch)))]
        part = random.uniform(0.5, 1, size=(len(batch), 1))
        noise = _unit(random.normal(size=(len(batch), DIMENSIONS)))
        vectors = _unit(part * first + (1 - part) * second + _NOISE * noise).astype(np.float32)
        yield [
            EventEmbedding(event=event, model=encoder.name, version=encoder.version, text_hash="", vector=vector)
            for event, vector in zip(batch, vectors.tolist(), strict=True)
        ]


def _unit(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths: NDArray[np.float64] = np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors / lengths
