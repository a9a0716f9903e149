"""The cost of semantic search: comparing all vectors, and reading the index."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from statistics import median

from django.db import connection

from bench.figures import Figure, Part, Run, high, ms, times
from bench.statements import changed
from bench.world import RAREST, World
from recommendations.embeddings.embedder import Embedder, embedder, vectors_of
from recommendations.embeddings.embedding import embed_batch, stale
from recommendations.feed.viewer import Filters, Viewer, viewer_of
from recommendations.models import EventEmbedding
from recommendations.semantic_search.search import nearest
from recommendations.semantic_search.vector_index import MANY, keep_index
from users.models import User

LIMIT = 20
ASKED = 30
# With the index, and without it just before there is one.
INDEXED_MS, EXACT_MS, LEAST_RECALL = 20.0, 200.0, 0.9


def meaning(run: Run) -> Part:
    """Measure in copies of the worlds of at most 100,000 events."""
    figures: list[Figure] = []
    for world in run.worlds:
        if world.events <= 100_000:
            with run.server.copied(world.database) as copy:
                run.say(f"{world.size}: vectors")
                encoder = embedder()
                values = {"model": encoder.name, "version": encoder.version, "dimensions": encoder.dimensions}
                with run.server.connect(copy) as filling:
                    changed(filling, "world_texts", values)
                    filling.execute("VACUUM (ANALYZE)")
                figures += _measured(world, encoder, run.say)
                connection.close()
    how = (
        f"In a copy of the world, every event with a vector of its own. The {LIMIT} nearest of the candidates to the "
        f"texts of {ASKED} events, by the function that answers the endpoints. The index is made by index_vectors, in "
        f"the product from {MANY:,} vectors on. Found: how many of the nearest the index gives."
    )
    return Part("Similar events", how, tuple(figures))


def _measured(world: World, encoder: Embedder, say: Callable[[str], None]) -> list[Figure]:
    now = datetime.now(UTC)
    viewer = viewer_of(User.objects.order_by("pk")[0], now)
    asked = list(EventEmbedding.objects.order_by("event").values_list("vector", flat=True)[:ASKED])
    exact, compared = _asked(asked, encoder, viewer, Filters())
    few = median(_asked(asked, encoder, viewer, Filters(category=RAREST))[1])
    began = time.perf_counter()
    assert stale(encoder, now, everything=False) == []
    look = (time.perf_counter() - began) * 1000
    say(f"{world.size}: the index")
    began = time.perf_counter()
    keep_index(1)
    made = time.perf_counter() - began
    indexed, read = _asked(asked, encoder, viewer, Filters())
    recall = sum(len(set(one) & set(other)) for one, other in zip(exact, indexed, strict=True)) / (ASKED * LIMIT)
    slow = median(_asked(asked, encoder, viewer, Filters(category=RAREST))[1])
    bar = world.events <= MANY
    return [
        Figure(world.size, "look for stale vectors, of which there are none", ms(look)),
        Figure(
            world.size, "all compared", ms(median(compared)), ms(high(compared)),
            bar=f"≤ {ms(EXACT_MS)}" if bar else "", met=median(compared) <= EXACT_MS if bar else None,
        ),
        Figure(world.size, "all of the rarest category compared", ms(few)),
        Figure(
            world.size, "from the index", ms(median(read)), ms(high(read)), ms(median(compared)),
            times(median(read) / median(compared)), f"≤ {ms(INDEXED_MS)}", median(read) <= INDEXED_MS,
        ),
        Figure(
            world.size, "found by the index", f"{recall:.1%}", bar=f"≥ {LEAST_RECALL:.0%}", met=recall >= LEAST_RECALL
        ),
        Figure(world.size, "those of the rarest category, with the index", ms(slow), reference=ms(few)),
        Figure(world.size, "the index made", f"{made:,.0f} s"),
        Figure(world.size, "vectors made, with the index", f"{_rate(encoder, now):.0f}/s"),
    ]  # fmt: skip


def _asked(
    vectors: Sequence[Sequence[float]], encoder: Embedder, viewer: Viewer, filters: Filters
) -> tuple[list[list[int]], list[float]]:
    """Return the nearest events to each vector, and the milliseconds that each search took."""
    results, taken = [], []
    for vector in vectors:
        began = time.perf_counter()
        results.append(list(nearest(vector, encoder, viewer, filters, limit=LIMIT)))
        taken.append((time.perf_counter() - began) * 1000)
    return results, taken


def _rate(encoder: Embedder, now: datetime) -> float:
    vectors_of(encoder, [""])
    # Of a text that nothing has any more.
    some = EventEmbedding.objects.order_by("-event").values_list("event", flat=True)[:1_000]
    EventEmbedding.objects.filter(event__in=list(some)).update(row_versions="")
    embedded, began = 0, time.perf_counter()
    while (batch := embed_batch(encoder, now, everything=True)).looked_at:
        embedded += batch.embedded
    return embedded / (time.perf_counter() - began)
