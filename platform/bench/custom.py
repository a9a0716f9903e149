"""What the custom model costs: vectors, a training, and a page of the hybrid, kept and not kept."""

import json
import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from statistics import median

from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from knox.models import AuthToken

from bench.client import Target, answer_of, asked, get
from bench.figures import Figure, Part, Run, at_most, high, ms
from bench.server import ROOT
from bench.serving import serving
from bench.statements import changed
from bench.world import World
from events.models import Event
from recommendations.embeddings.embedder import embedder
from recommendations.embeddings.embedding import END, embed_batch
from recommendations.feed.pagination import feed_page
from recommendations.feed.ranking import HYBRID, RANKERS, feed_for
from recommendations.feed.viewer import NO_FILTERS, viewer_of
from recommendations.hybrid.serve import model_of
from recommendations.models import EventEmbedding, TrainingRun
from users.models import User

LIMIT = 20
USERS = 40
ROUNDS = 5
BATCHES = 10
MISS_MS, HIT_TIMES, BUSY_TIMES = 150.0, 1.5, 2.0
VECTORS_PER_SECOND, VECTOR_SECONDS = 100.0, 5.0
TRAINING_SECONDS, TRAINING_BYTES = 900.0, 4 * 2**30


def custom(run: Run) -> Part:
    """Measure in a copy of the largest world of at most 100,000 events."""
    world = [each for each in run.worlds if each.events <= 100_000][-1]
    with run.server.copied(world.database) as copy:
        run.say(f"{world.size}: vectors")
        figures = [_embedding(world)]
        encoder = embedder()
        values = {"model": encoder.name, "version": encoder.version, "dimensions": encoder.dimensions}
        with run.server.connect(copy) as filling:
            changed(filling, "world_vectors", values)
            changed(filling, "world_homes", {})
            filling.execute("VACUUM (ANALYZE) recommendations_eventembedding, users_user")
        users = list(User.objects.order_by("pk")[:USERS])
        quiet = _pages(users, "heuristic")
        run.say(f"{world.size}: training")
        figures += _training(world, run.server.url(copy), users, quiet)
        run.say(f"{world.size}: pages of the hybrid")
        figures += _hybrid(world, users)
        figures += _new_event(world, users)
        run.say(f"{world.size}: pages of the hybrid over HTTP")
        figures += _over_http(world, users)
    how = (
        "In a copy of the world where two users of three have a home. Vectors: "
        f"{BATCHES} batches by the product's own encoder; the others are drawn at random. Training: manage.py train in "
        "a process of its own; meanwhile the heuristic is read all the time. Pages of "
        f"{LIMIT} for {USERS} users, each beside the heuristic's for the same user, {ROUNDS} times: "
        "by the function that answers the endpoint, and over HTTP with a token."
    )
    return Part("The custom model", how, tuple(figures))


def _embedding(world: World) -> Figure:
    encoder = embedder()
    # Loading the weights is no part of the rate.
    encoder.embed([""])
    embedded, below, began = 0, END, time.monotonic()
    for _ in range(BATCHES):
        batch = embed_batch(encoder, timezone.now(), everything=False, below=below)
        embedded += batch.embedded
        below = batch.below or END
    rate = embedded / (time.monotonic() - began)
    bar = f"≥ {VECTORS_PER_SECOND:.0f}/s"
    return Figure(world.size, "vectors made", f"{rate:.0f}/s", bar=bar, met=rate >= VECTORS_PER_SECOND)


def _training(world: World, url: str, users: list[User], quiet: list[float]) -> list[Figure]:
    began = time.monotonic()
    command = [sys.executable, str(ROOT / "manage.py"), "train", "--activate", "always"]
    environment = {**os.environ, "DATABASE_URL": url}
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)  # noqa: S603
    meanwhile: list[float] = []
    with _while_running(process):
        while process.poll() is None:
            meanwhile += _pages(users[:10], "heuristic")
            time.sleep(0.2)
    took = time.monotonic() - began
    if process.returncode:
        raise RuntimeError("The training failed: run manage.py train in the world to see why.")
    # Kilobytes on Linux, bytes on macOS: getrusage(2).
    unit = 1 if sys.platform == "darwin" else 1024
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * unit
    return [
        Figure(
            world.size, "training, trial and activation", f"{took:,.0f} s", bar=f"≤ {TRAINING_SECONDS:.0f} s",
            met=took <= TRAINING_SECONDS,
        ),
        Figure(
            world.size, "memory of the training", f"{memory / 2**30:.2f} GiB", bar="≤ 4 GiB",
            met=memory <= TRAINING_BYTES,
        ),
        at_most(world.size, "heuristic while a training runs", meanwhile, quiet, BUSY_TIMES),
    ]  # fmt: skip


def _hybrid(world: World, users: list[User]) -> list[Figure]:
    run = TrainingRun.objects.active()
    assert run is not None
    # A process loads the model once.
    began = time.perf_counter()
    model_of(run.pk)
    loading = (time.perf_counter() - began) * 1000
    _pages(users[:5], "hybrid")
    cache.clear()
    missed = _pages(users, "hybrid")
    heuristic, hit = [], []
    for user in users * ROUNDS:
        heuristic += _pages([user], "heuristic")
        hit += _pages([user], "hybrid")
    return [
        Figure(world.size, "loading of the model, once in a process", ms(loading)),
        _missed(world, "hybrid, not kept, without HTTP", missed),
        at_most(world.size, "hybrid, kept, without HTTP", hit, heuristic, None),
    ]


def _new_event(world: World, users: list[User]) -> list[Figure]:
    now = timezone.now()
    event = Event.objects.create(title="Lantern walk", type=Event.Type.EVENT, start_at=now + timedelta(days=30))
    # A listing that is kept has it behind what is listed, until its time is over.
    cache.clear()
    listings = [feed_for(viewer_of(user, now), HYBRID, NO_FILTERS).ranked_list for user in users]
    listed = sum(listing is not None and event.pk in listing.event_ids for listing in listings)
    began = time.monotonic()
    embed_batch(embedder(), now, everything=False)
    took = time.monotonic() - began
    assert EventEmbedding.objects.filter(event=event).exists()
    return [
        Figure(
            world.size, "listings that have a new event, before it has a vector", f"{listed} of {len(users)}",
            bar="all", met=listed == len(users),
        ),
        Figure(
            world.size, "its vector, from the worker's next look on", f"{took:.2f} s", bar=f"≤ {VECTOR_SECONDS:.0f} s",
            met=took <= VECTOR_SECONDS,
        ),
    ]  # fmt: skip


def _over_http(world: World, users: list[User]) -> list[Figure]:
    tokens = [AuthToken.objects.create(user)[1] for user in users]
    connection.close()
    paths = {name: f"/recommendations?limit={LIMIT}&ranker={name}" for name in ("heuristic", "hybrid")}
    # One request of each in turn: what the machine does meanwhile meets both.
    requests = tuple(get(path, token) for token in tokens for path in paths.values())
    with serving() as port:
        target = Target(port, requests)
        # Every worker loads the model.
        asked(target, connections=8, number=len(requests))
        assert json.loads(answer_of(Target(port, requests[1:])))["ranker"] == "hybrid"
        cache.clear()
        missed = asked(target, connections=1, number=len(requests)).seconds[1::2]
        kept = [each * 1_000 for each in asked(target, connections=1, number=len(requests) * ROUNDS).seconds]
    return [
        _missed(world, "hybrid, not kept, over HTTP", [each * 1_000 for each in missed]),
        at_most(world.size, "hybrid, kept, over HTTP", kept[1::2], kept[::2], HIT_TIMES),
    ]


def _missed(world: World, what: str, taken: list[float]) -> Figure:
    bar = f"≤ {MISS_MS:.0f} ms"
    return Figure(world.size, what, ms(median(taken)), ms(high(taken)), bar=bar, met=median(taken) <= MISS_MS)


def _pages(users: list[User], ranker: str) -> list[float]:
    taken = []
    for user in users:
        began = time.perf_counter()
        page = feed_page(viewer_of(user, timezone.now()), RANKERS[ranker], "/recommendations", {"limit": LIMIT})
        taken.append((time.perf_counter() - began) * 1000)
        # Whoever stands in for it is not what is measured.
        assert page.feed.ranker.name == ranker
    return taken


@contextmanager
def _while_running(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """End the process with what is done meanwhile, however that ends."""
    timer = threading.Timer(2 * TRAINING_SECONDS, process.kill)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        if process.poll() is None:
            process.kill()
            process.wait()
