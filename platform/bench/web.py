"""What a page costs over HTTP, beside a constant view of the same size, and what a write costs."""

import random
from collections.abc import Iterator
from itertools import islice
from statistics import median

from django.db import connection
from knox.models import AuthToken

from bench.client import Answers, Target, answer_of, asked, get, post
from bench.crowd import zipf
from bench.figures import Figure, Part, Run, at_most, high, ms, times
from bench.serving import PRODUCT, Serving, cpu_seconds, serving
from bench.world import World
from bench.writes import PAIRS, at_least, counting
from users.models import User

LIMIT = 20
USERS = 20
ALONE, ALONE_ROUNDS = 40, 15
SECONDS, ROUNDS = 4.0, 7
# What is asked for: a page, an address that asks the database for the token alone, and what nothing is looked up for.
FEED, TOKEN, CONSTANT = "GET /recommendations", "GET /categories, which reads the token and nothing else", "a constant"
Way = tuple[Serving, Target]
# Twice as many as two workers with two threads work on at once: as many wait.
CONNECTIONS = 8
MEMORY_REQUESTS = 10_000
# Views of one event by one person within half an hour are one, so many people write: the first event gets 5 % of them.
WRITES, WRITERS = 2_000, 5_000
WRITE_CONNECTIONS = 8
MEDIAN_LIMIT, RATE_LIMIT, TAIL_LIMIT, WRITE_LIMIT = 3.0, 0.40, 4.0, 0.85
MEMORY_LIMIT_MB, FLAT_LIMIT_MB = 150.0, 5.0


def web(run: Run) -> Part:
    """Serve the largest world, and a constant by another server, and ask both in turns."""
    world = run.largest
    figures: list[Figure] = []
    with run.server.copied(world.database):
        tokens = [AuthToken.objects.create(user)[1] for user in User.objects.order_by("pk")[:USERS]]
        connection.close()
        with serving(PRODUCT, {}) as product:
            feed = Target(product.port, tuple(get(f"/recommendations?limit={LIMIT}", token) for token in tokens))
            body = run.server.folder / "constant.json"
            body.write_bytes(answer_of(feed))
            with serving("bench.constant.application", {"BENCH_BODY": str(body)}) as other:
                ways = {
                    FEED: (product, feed),
                    TOKEN: (product, Target(product.port, tuple(get("/categories", token) for token in tokens))),
                    CONSTANT: (other, Target(other.port, (get("/constant"),))),
                }
                figures += _speed(run, world, ways)
            figures += _memory(run, world, product, feed)
            figures += _writes(run, world, product)
    how = (
        f"What `manage.py serve` runs, a token, limit {LIMIT}, {USERS} users in turn; the reference is a "
        "constant view that answers one of these pages, behind the same middleware but without authentication. The "
        f"client runs on the same cores. Saturation is what {CONNECTIONS} connections get; at 80 % of it, right "
        "afterwards, requests are due at even intervals, and a late one counts from when it was due. Rates and tails "
        f"are medians of {ROUNDS} rounds taken in turns, and so are their ratios."
    )
    return Part("Over HTTP", how, tuple(figures))


def _speed(run: Run, world: World, ways: dict[str, Way]) -> tuple[Figure, ...]:
    size = world.size
    run.say(f"{size}: over HTTP, one after the other")
    alone: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(ALONE_ROUNDS + 1):
        for name, (_, target) in ways.items():
            answers = asked(target, connections=1, number=ALONE)
            # The first round opens connections and fills caches.
            alone[name] += answers.seconds if number else []
    run.say(f"{size}: over HTTP, saturated and at 80 % of it, {ROUNDS} rounds")
    rates: dict[str, list[float]] = {name: [] for name in ways}
    cpu: dict[str, list[float]] = {name: [] for name in ways}
    database: list[float] = []
    loaded: dict[str, list[Answers]] = {name: [] for name in ways}
    refused = 0
    for _ in range(ROUNDS):
        for name, (server, target) in ways.items():
            before, before_there = server.cpu_seconds(), cpu_seconds(_backends())
            answers = asked(target, connections=CONNECTIONS, seconds=SECONDS)
            rates[name].append(answers.per_second)
            cpu[name].append((server.cpu_seconds() - before) * 1_000 / len(answers.seconds))
            if name == FEED:
                refused += answers.refused
                database.append((cpu_seconds(_backends()) - before_there) * 1_000 / len(answers.seconds))
            # At once, because the machine is not as fast at one time as at another.
            rate = answers.per_second * 0.8
            loaded[name].append(asked(target, connections=CONNECTIONS, seconds=SECONDS, per_second=rate))
    late = sum(answers.refused for answers in loaded[FEED])
    return (
        _milliseconds(size, "median, one after the other", alone[FEED], alone[CONSTANT], MEDIAN_LIMIT),
        _milliseconds(size, f"the same of {TOKEN}", alone[TOKEN], alone[CONSTANT], None),
        _rate(size, "rate at saturation", rates[FEED], rates[CONSTANT], RATE_LIMIT),
        _rate(size, f"the same of {TOKEN}", rates[TOKEN], rates[CONSTANT], None),
        _tail(size, "99th percentile at 80 % of it", loaded[FEED], TAIL_LIMIT),
        _tail(size, "the same of the constant", loaded[CONSTANT], None),
        Figure(size, "refused (503) while saturated, and at 80 % of it", f"{refused}, {late}"),
        Figure(size, "CPU of the workers for a request", ms(median(cpu[FEED])), "", ms(median(cpu[CONSTANT]))),
        Figure(size, f"the same of {TOKEN}", ms(median(cpu[TOKEN])), "", ms(median(cpu[CONSTANT]))),
        Figure(size, "CPU of the database for a request", ms(median(database))),
    )


def _backends() -> tuple[int, ...]:
    """Return the processes of the database that serve the workers, whose threads connect when they first work."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return tuple(pid for (pid,) in cursor.fetchall())


def _milliseconds(size: str, what: str, taken: list[float], reference: list[float], limit: float | None) -> Figure:
    return at_most(size, what, [each * 1_000 for each in taken], [each * 1_000 for each in reference], limit)


def _rate(size: str, what: str, taken: list[float], reference: list[float], limit: float | None) -> Figure:
    ratio = median(mine / other for mine, other in zip(taken, reference, strict=True))
    return Figure(
        size, what, f"{median(taken):,.0f}/s", "", f"{median(reference):,.0f}/s", times(ratio),
        "" if limit is None else f"≥ {times(limit)}", None if limit is None else ratio >= limit,
    )  # fmt: skip


def _tail(size: str, what: str, loaded: list[Answers], limit: float | None) -> Figure:
    middle = [median(answers.seconds) * 1_000 for answers in loaded]
    tail = [high(answers.seconds, 0.99) * 1_000 for answers in loaded]
    ratio = median(far / near for far, near in zip(tail, middle, strict=True))
    rate = median(answers.per_second for answers in loaded)
    return Figure(
        size, f"{what} ({rate:,.0f}/s), beside the median", ms(median(tail)), "", ms(median(middle)), times(ratio),
        "" if limit is None else f"≤ {times(limit)}", None if limit is None else ratio <= limit,
    )  # fmt: skip


def _memory(run: Run, world: World, product: Serving, feed: Target) -> tuple[Figure, ...]:
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


def _writes(run: Run, world: World, product: Serving) -> tuple[Figure, ...]:
    run.say(f"{world.size}: POST /interactions, {PAIRS} pairs")
    requests = _distinct_writes(world)
    kept, free = [], []

    def rate() -> float:
        target = Target(product.port, tuple(islice(requests, WRITES)), status=201)
        return asked(target, connections=WRITE_CONNECTIONS, number=WRITES).per_second

    for _ in range(PAIRS):
        kept.append(rate())
        counting(on=False)
        try:
            free.append(rate())
        finally:
            counting(on=True)
    return (at_least(world.size, "POST /interactions, beside the same without the triggers", kept, free, WRITE_LIMIT),)


def _distinct_writes(world: World) -> Iterator[bytes]:
    """Yield requests that each make a row: views of events by Zipf's law, none twice by the same new user."""
    chance = random.Random(1)  # noqa: S311 -- nothing is secret here
    writers = (User(username=f"bench-writer-{number}") for number in range(WRITERS))
    # A statement has at most 65,535 parameters.
    users = User.objects.bulk_create(writers, batch_size=1_000)
    tokens = [AuthToken.objects.create(user)[1] for user in users]
    connection.close()
    seen = set()
    while True:
        pair = chance.randrange(WRITERS), zipf(chance, world.events)
        if pair not in seen:
            seen.add(pair)
            yield post("/interactions", tokens[pair[0]], f'{{"eventId": {pair[1]}, "action": "VIEW"}}')
