"""The scenarios in which the database cannot be used: stopped, silent, locked, or without a free connection."""

import math
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

import psycopg

from chaos.client import CLIENTS, FEED, Crowd, Request, Sample, get, readers, writers
from chaos.findings import Finding, at_most, counts
from chaos.harness import Stage

_BEFORE_SECONDS = 2.0
# How long clients go on asking afterwards, so that a relapse is seen.
_WATCHED_SECONDS = 6.0
_RECOVERY_BAR_SECONDS = 2.0
_BAR_SECONDS = 0.5
# Until the product has noticed that nothing answers.
_NOTICE_BAR_SECONDS = 2.5
_SILENT_SECONDS = 20.0
_LOCKED_BAR_SECONDS = 2.5
_PROBE_SECONDS = 0.1
_TAKEN_SECONDS = 15.0
_TAKING_SECONDS = 30.0


class ConnectionsLeft(Exception):
    """Not every connection could be taken: the product kept some."""


@dataclass(frozen=True)
class Outage:
    """A time during which the product could not use its database, in moments of the monotonic clock.

    From `cut_at`, when the harness began to cut, over `began_at`, when nothing was reached any more, to `ended_at`.
    `back_at` is when the database could be reached again.
    """

    name: str
    cut_at: float
    began_at: float
    ended_at: float
    back_at: float

    def within(self, samples: Sequence[Sample]) -> list[Sample]:
        """Return the requests that were sent and answered while nothing was reached."""
        return [each for each in samples if self.began_at <= each.started and each.ended < self.ended_at]

    def touching(self, samples: Sequence[Sample]) -> list[Sample]:
        """Return the requests that ran for some time in it or while it began or ended."""
        return [each for each in samples if each.ended > self.cut_at and each.started < self.back_at]


def outage(stage: Stage) -> list[Finding]:
    """Stop the server under load; then halt it, so that connections stay and nothing answers."""
    before = stage.product.processes()
    findings = [*_stopped(stage), *_silent(stage)]
    same = stage.product.processes() == before
    return [
        *findings,
        Finding(f"processes {'the same' if same else 'others'} afterwards", "nothing restarted", met=same),
    ]


def lock(stage: Stage) -> list[Finding]:
    """Hold the lock that an ALTER TABLE takes, while clients read and a probe asks whether the process lives."""
    probe = Crowd(stage.product.port, [lambda: get("/healthz")], think_seconds=_PROBE_SECONDS)
    with stage.database.connect() as holder, probe:

        @contextmanager
        def locked() -> Iterator[None]:
            with holder.transaction():
                holder.execute("LOCK TABLE events_event IN ACCESS EXCLUSIVE MODE")
                yield

        crowd, seen = _outage(stage, "locked", readers(stage.tokens, FEED, "/events?limit=20"), locked, stage.seconds)
    well = sum(each.status == 200 for each in probe.samples)
    return [
        *_refusals(seen, crowd.samples),
        at_most("locked: slowest", _slowest(seen.touching(crowd.samples)), _LOCKED_BAR_SECONDS),
        Finding(
            f"/healthz: {well:,} of {len(probe.samples):,} answers 200",
            "all, and some",
            met=well == len(probe.samples) > 0,
        ),
        at_most("/healthz: slowest", _slowest(probe.samples), _LOCKED_BAR_SECONDS),
        _recovery(seen, crowd.samples),
    ]


def connections(stage: Stage) -> list[Finding]:
    """Take every connection under load, those of the product too, and give them back."""

    @contextmanager
    def taken() -> Iterator[None]:
        with ExitStack() as held:
            _take_all(stage, held)
            yield

    crowd, seen = _outage(stage, "taken", _both(stage, FEED), taken, min(_TAKEN_SECONDS, stage.seconds))
    return [
        *_refusals(seen, crowd.samples),
        Finding(f"taken: slowest {_slowest(seen.within(crowd.samples)):.3f} s"),
        _recovery(seen, crowd.samples),
    ]


def _stopped(stage: Stage) -> list[Finding]:
    @contextmanager
    def stopped() -> Iterator[None]:
        stage.database.shut_down_at_once()
        yield
        stage.database.start()

    crowd, seen = _outage(stage, "stopped", _both(stage, FEED, "/events?limit=20"), stopped, stage.seconds)
    return [
        *_refusals(seen, crowd.samples),
        at_most("stopped: slowest", _slowest(seen.touching(crowd.samples)), _BAR_SECONDS),
        _recovery(seen, crowd.samples),
    ]


def _silent(stage: Stage) -> list[Finding]:
    @contextmanager
    def silent() -> Iterator[None]:
        stage.database.silence()
        try:
            yield
        finally:
            stage.database.speak()

    seconds = min(_SILENT_SECONDS, stage.seconds)
    crowd, seen = _outage(stage, "silent", _both(stage, FEED, "/events?limit=20"), silent, seconds)
    noticed_at = seen.began_at + _NOTICE_BAR_SECONDS
    touching = seen.touching(crowd.samples)
    first = [each for each in touching if each.started < noticed_at]
    later = [each for each in touching if each.started >= noticed_at]
    return [
        *_refusals(seen, crowd.samples),
        at_most(f"silent: slowest of the first {_NOTICE_BAR_SECONDS} s", _slowest(first), _NOTICE_BAR_SECONDS),
        at_most("silent: slowest from then on", _slowest(later), _BAR_SECONDS),
        _recovery(seen, crowd.samples),
    ]


def _outage(
    stage: Stage,
    name: str,
    requests: list[Callable[[], Request]],
    cut: Callable[[], AbstractContextManager[None]],
    seconds: float,
) -> tuple[Crowd, Outage]:
    """Let a crowd ask before, during and after an outage that lasts as long as a context is entered."""
    with Crowd(stage.product.port, requests) as crowd:
        time.sleep(_BEFORE_SECONDS)
        cut_at = time.monotonic()
        with cut():
            began_at = time.monotonic()
            time.sleep(seconds)
            ended_at = time.monotonic()
        outage = Outage(name, cut_at, began_at, ended_at, time.monotonic())
        time.sleep(_WATCHED_SECONDS)
    return crowd, outage


def _both(stage: Stage, *paths: str) -> list[Callable[[], Request]]:
    """Return the requests of clients of which half read and half write."""
    half = CLIENTS // 2
    return [
        *readers(stage.tokens, *paths, number=half),
        *writers(stage.tokens, stage.events, number=CLIENTS - half),
    ]


def _take_all(stage: Stage, held: ExitStack) -> None:
    """Take what is free and end the product's connections, until the harness has all."""
    first = held.enter_context(stage.database.connect())
    row = first.execute("SELECT current_setting('max_connections')::int").fetchone()
    assert row is not None
    wanted: int = row[0]
    number = 1
    deadline = time.monotonic() + _TAKING_SECONDS
    while number < wanted:
        if time.monotonic() > deadline:
            raise ConnectionsLeft(ConnectionsLeft.__doc__)
        try:
            held.enter_context(stage.database.connect())
            number += 1
        except psycopg.OperationalError:
            stage.database.terminate_app_backends(first)


def _refusals(seen: Outage, samples: Sequence[Sample]) -> list[Finding]:
    """Return whether each answer was a problem 503; at the edges an ordinary answer is right too."""
    inside = seen.within(samples)
    refused = [each for each in inside if each.is_refusal]
    others = counts(_kind(each) for each in inside if not each.is_refusal)
    edges = set(seen.touching(samples)) - set(inside)
    wrong = counts(_kind(each) for each in edges if not each.is_good and not each.is_refusal)
    return [
        Finding(
            f"{seen.name}: {len(refused):,} of {len(inside):,} answers a 503 problem{others and f', {others}'}",
            "all, and some",
            met=len(refused) == len(inside) > 0,
        ),
        Finding(
            f"{seen.name}: at its edges {len(edges):,} requests, {wrong or 'all 2xx or a 503 problem'}",
            "2xx or a 503 problem",
            met=not wrong,
        ),
    ]


def _slowest(samples: Iterable[Sample]) -> float:
    """Return how long the slowest answer took, in seconds; NaN without any."""
    return max((each.seconds for each in samples), default=math.nan)


def _recovery(seen: Outage, samples: Sequence[Sample]) -> Finding:
    """Return after how long every client had an ordinary answer and none anything else."""
    after = [each for each in samples if each.ended > seen.back_at]
    last_bad = max((each.ended for each in after if not each.is_good), default=seen.back_at)
    firsts = [
        min((each.ended for each in after if each.client == client and each.is_good), default=math.nan)
        for client in {each.client for each in samples}
    ]
    never = any(math.isnan(first) for first in firsts)
    good_at = math.nan if never else max(last_bad, *firsts)
    return at_most(f"{seen.name}: all clients well again after", good_at - seen.back_at, _RECOVERY_BAR_SECONDS)


def _kind(each: Sample) -> str:
    return "no answer" if each.status == 0 else f"{each.status}{' problem' if each.is_problem else ''}"
