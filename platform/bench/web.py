"""This file holds what a page costs over HTTP, beside a constant view of the same size, and what a write costs."""

import random
from statistics import median

from django.db import connection
from knox.models import AuthToken

from bench.client import Answers, Target, answer_of, asked, get, post
from bench.constant import BODY
from bench.crowd import zipf
from bench.figures import Figure, Part, Run, high, ms, times
from bench.gunicorns import Gunicorn, cpu_seconds, serving
from bench.world import World
from bench.writes import PAIRS, at_least, counting
from users.models import User

LIMIT = 20
USERS = 20
ALONE = 200
ROUNDS = 3
SECONDS = 8.0
# Twice as many as two workers with two threads work on at once: as many wait.
CONNECTIONS = 8
MEMORY_REQUESTS = 10_000
WRITE_SECONDS = 4.0
WRITE_CONNECTIONS = 8
MEDIAN_LIMIT, RATE_LIMIT, TAIL_LIMIT, WRITE_LIMIT = 3.0, 0.40, 4.0, 0.85
MEMORY_LIMIT_MB, FLAT_LIMIT_MB = 150.0, 5.0


def web(run: Run) -> Part:
    """Serve the largest world by gunicorn, and a constant by another, and ask both in turns."""
    world = run.largest
    figures: list[Figure] = []
    with run.server.copied(world.database):
        tokens = [AuthToken.objects.create(user)[1] for user in User.objects.order_by("pk")[:USERS]]
        connection.close()
        with serving(None, {}) as product:
            feed = Target(product.port, tuple(get(f"/recommendations?limit={LIMIT}", token) for token in tokens))
            body = run.server.folder / "constant.json"
            body.write_bytes(answer_of(feed))
            with serving("bench.constant:application_of_the_constant()", {BODY: str(body)}) as other:
                constant = Target(other.port, (get("/constant"),))
                figures += _speed(run, world, (product, feed), (other, constant))
            figures += _memory(run, world, product, feed)
            figures += _writes(run, world, product, tokens)
    how = (
        f"gunicorn as gunicorn.conf.py has it, a token, limit {LIMIT}, {USERS} users in turn; the reference is a "
        "constant view that answers one of these pages, behind the same middleware but without authentication. The "
        f"client runs on the same cores. Saturation is what {CONNECTIONS} connections get, the median of {ROUNDS} "
        "rounds; at 80 % of it requests are due at even intervals, and a late one counts from when it was due."
    )
    return Part("Over HTTP", how, tuple(figures))


def _speed(
    run: Run, world: World, ours: tuple[Gunicorn, Target], theirs: tuple[Gunicorn, Target]
) -> tuple[Figure, ...]:
    size = world.size
    run.say(f"{size}: over HTTP, one after the other")
    alone: dict[bool, list[float]] = {True: [], False: []}
    for number in range(ROUNDS * 2 + 1):
        for mine, (_, target) in ((True, ours), (False, theirs)):
            answers = asked(target, connections=1, number=ALONE // ROUNDS)
            # The first round opens connections and fills caches.
            alone[mine] += answers.seconds if number else []
    run.say(f"{size}: over HTTP, saturated")
    refused = 0
    rates: dict[bool, list[float]] = {True: [], False: []}
    cpu: dict[bool, list[float]] = {True: [], False: []}
    database: list[float] = []
    backends = _backends()
    for _ in range(ROUNDS):
        for mine, (gunicorn, target) in ((True, ours), (False, theirs)):
            before, before_there = gunicorn.cpu_seconds(), cpu_seconds(backends)
            answers = asked(target, connections=CONNECTIONS, seconds=SECONDS)
            rates[mine].append(answers.per_second)
            refused += answers.refused if mine else 0
            cpu[mine].append((gunicorn.cpu_seconds() - before) * 1_000 / len(answers.seconds))
            if mine:
                database.append((cpu_seconds(backends) - before_there) * 1_000 / len(answers.seconds))
    rate, reference = median(rates[True]), median(rates[False])
    run.say(f"{size}: over HTTP, at 80 % of {rate:.0f} requests a second")
    loaded = asked(ours[1], connections=CONNECTIONS, seconds=SECONDS * 2, per_second=rate * 0.8)
    return (
        _milliseconds(size, "median, one after the other", alone[True], alone[False]),
        Figure(
            size, "rate at saturation", f"{rate:,.0f}/s", "", f"{reference:,.0f}/s", times(rate / reference),
            f"≥ {times(RATE_LIMIT)}", rate / reference >= RATE_LIMIT,
        ),
        _tail(size, loaded),
        Figure(size, "refused (503) while saturated, and at 80 % of it", f"{refused}, {loaded.refused}"),
        Figure(size, "CPU of the workers for a request", ms(median(cpu[True])), "", ms(median(cpu[False]))),
        Figure(size, "CPU of the database for a request", ms(median(database))),
    )  # fmt: skip


def _backends() -> tuple[int, ...]:
    """Return the processes of the database that serve the workers."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return tuple(pid for (pid,) in cursor.fetchall())


def _milliseconds(size: str, what: str, taken: list[float], reference: list[float]) -> Figure:
    ratio = median(taken) / median(reference)
    return Figure(
        size, what, ms(median(taken) * 1_000), ms(high(taken) * 1_000), ms(median(reference) * 1_000), times(ratio),
        f"≤ {times(MEDIAN_LIMIT)}", ratio <= MEDIAN_LIMIT,
    )  # fmt: skip


def _tail(size: str, loaded: Answers) -> Figure:
    middle, tail = median(loaded.seconds), high(loaded.seconds, 0.99)
    return Figure(
        size, f"99th percentile at 80 % of it ({loaded.per_second:.0f}/s), beside the median there", ms(tail * 1_000),
        "", ms(middle * 1_000), times(tail / middle), f"≤ {times(TAIL_LIMIT)}", tail <= TAIL_LIMIT * middle,
    )  # fmt: skip


def _memory(run: Run, world: World, product: Gunicorn, feed: Target) -> tuple[Figure, ...]:
    run.say(f"{world.size}: memory over {MEMORY_REQUESTS:,} requests")
    asked(feed, connections=CONNECTIONS, number=MEMORY_REQUESTS // 10)
    before = product.largest_mb()
    asked(feed, connections=CONNECTIONS, number=MEMORY_REQUESTS)
    after = product.largest_mb()
    flat = after - before <= FLAT_LIMIT_MB
    return (
        Figure(
            world.size, f"memory of the largest worker after {MEMORY_REQUESTS:,} requests", f"{after:.0f} MB",
            bar=f"≤ {MEMORY_LIMIT_MB:.0f} MB", met=after <= MEMORY_LIMIT_MB,
        ),
        Figure(
            world.size, "of it gained over them", f"{after - before:.1f} MB", "", f"{before:.0f} MB", "",
            f"≤ {FLAT_LIMIT_MB:.0f} MB", flat,
        ),
    )  # fmt: skip


def _writes(run: Run, world: World, product: Gunicorn, tokens: list[str]) -> tuple[Figure, ...]:
    run.say(f"{world.size}: POST /interactions, {PAIRS} pairs")
    chance = random.Random(1)  # noqa: S311 -- nothing is secret here
    requests = tuple(
        post("/interactions", tokens[number % USERS], f'{{"eventId": {zipf(chance, world.events)}, "action": "VIEW"}}')
        for number in range(5_000)
    )
    target = Target(product.port, requests, status=201)
    kept, free = [], []
    for _ in range(PAIRS):
        kept.append(asked(target, connections=WRITE_CONNECTIONS, seconds=WRITE_SECONDS).per_second)
        counting(on=False)
        try:
            free.append(asked(target, connections=WRITE_CONNECTIONS, seconds=WRITE_SECONDS).per_second)
        finally:
            counting(on=True)
    return (at_least(world.size, "POST /interactions, beside the same without the triggers", kept, free, WRITE_LIMIT),)
