"""Clients of the database, each a process of its own, and what became of what they sent."""

import multiprocessing
import random
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.statements import statement

# Not fork: a client must not hold this process's connections.
_CONTEXT = multiprocessing.get_context("spawn")
_START_SECONDS = 60.0


@dataclass(frozen=True)
class Job:
    """What a client does: one of ACTIONS until the time is over, `per_second` times (0: as often as it can)."""

    url: str
    action: str
    events: int
    users: int
    seconds: float
    per_second: float = 0.0


@dataclass(frozen=True)
class Outcome:
    """What became of a client's statements; deadlocks are counted apart from other errors."""

    done: int
    deadlocks: int
    errors: int
    # A client finishes what it has begun, so it is longer at work than it was asked to be.
    seconds: float


@contextmanager
def working(jobs: Sequence[Job]) -> Iterator[list[Outcome]]:
    """Run the clients beside the block, and wait for them at its end; the list is filled then."""
    outcomes: list[Outcome] = []
    barrier = _CONTEXT.Barrier(len(jobs) + 1)
    queue = _CONTEXT.Queue()
    clients = [
        _CONTEXT.Process(target=_work, args=(job, seed, barrier, queue), daemon=True) for seed, job in enumerate(jobs)
    ]
    for client in clients:
        client.start()
    try:
        barrier.wait(_START_SECONDS)
        yield outcomes
        outcomes += [queue.get(timeout=jobs[0].seconds + _START_SECONDS) for _ in clients]
    finally:
        for client in clients:
            client.join(1)
            if client.is_alive():
                client.terminate()


def worked(jobs: Sequence[Job]) -> list[Outcome]:
    """Run the clients and return what became of them."""
    with working(jobs) as outcomes:
        pass
    return outcomes


def zipf(chance: random.Random, total: int) -> int:
    """Draw an event as sql/world_functions.sql does."""
    place = min(int(float(total + 1) ** chance.random()), total)
    return 1 + place * 2_654_435_761 % total


def _work(job: Job, seed: int, barrier: Any, queue: Any) -> None:
    chance = random.Random(seed)  # noqa: S311 -- nothing is secret here
    done = deadlocks = errors = 0
    with psycopg.connect(job.url, autocommit=True) as connection:
        barrier.wait(_START_SECONDS)
        began = time.monotonic()
        while (now := time.monotonic()) < began + job.seconds:
            if job.per_second and (ahead := began + done / job.per_second - now) > 0:
                time.sleep(ahead)
            try:
                _ACTIONS[job.action](connection, job, chance, seed)
            except psycopg.errors.DeadlockDetected:
                deadlocks += 1
            except psycopg.Error:
                errors += 1
            else:
                done += 1
    queue.put(Outcome(done, deadlocks, errors, time.monotonic() - began))


def _single(connection: psycopg.Connection[Any], job: Job, chance: random.Random, seed: int) -> None:
    values = {"user": chance.randint(1, job.users), "event": zipf(chance, job.events)}
    connection.execute(statement("insert_one"), values)


def _bulk(connection: psycopg.Connection[Any], job: Job, chance: random.Random, seed: int) -> None:
    values = {"seed": chance.getrandbits(40), "number": 10_000, "events": job.events, "users": job.users}
    connection.execute(statement("insert_many"), values)


def _mixed(connection: psycopg.Connection[Any], job: Job, chance: random.Random, seed: int) -> None:
    if chance.random() < 0.5:
        values = {"seed": chance.getrandbits(40), "number": 1_000, "events": job.events, "users": job.users}
        connection.execute(statement("insert_many"), values)
    else:
        # Clients have users of their own: two that delete the same rows wait for each other in any database.
        own = [user for user in chance.sample(range(1, job.users), 80) if user % 8 == seed % 8]
        connection.execute(statement("delete_many"), {"users": own})


_ACTIONS = {"single": _single, "bulk": _bulk, "mixed": _mixed}
