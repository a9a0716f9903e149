"""The scenario in which people write while everything below them is killed."""

import json
import threading
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import psycopg

from chaos.client import CLIENTS, Client, NewInteraction, NoAnswer, Request, new_interaction, new_interactions
from chaos.findings import Finding, counts
from chaos.harness import Stage

ACKNOWLEDGED_BAR = 5_000
# However slow the machine, the storm ends.
_LONGEST_SECONDS = 240.0
# What is not acknowledged when the storm is over, and for so long after it, is given up.
_LAST_ROUND_SECONDS = 60.0
_POLL_SECONDS = 0.2
_REPEATED = 200
_FAULT_SECONDS = 2.5
_TIMEOUT_SECONDS = 10.0
_BACKOFF_SECONDS = 0.02
_BACKOFF_MAX_SECONDS = 0.5


class Faults:
    """Strikes in turn: a worker, a process of the database, its connections, the whole database."""

    def __init__(self, stage: Stage) -> None:
        """Take what is struck; the first fault comes after a moment of peace."""
        self._stage = stage
        self._struck: Counter[str] = Counter()
        self._turn = 0
        self._next_at = time.monotonic() + _FAULT_SECONDS

    def strike(self) -> None:
        """Strike if it is time to."""
        if time.monotonic() < self._next_at:
            return
        turns = (self._worker, self._backend, self._worker, self._connections, self._worker, self._postmaster)
        try:
            turns[self._turn % len(turns)]()
        except psycopg.OperationalError:
            # Still recovering from the last fault, so that this one finds nothing to strike.
            self._struck["database was still away"] += 1
        self._turn += 1
        self._next_at = time.monotonic() + _FAULT_SECONDS

    def counted(self) -> str:
        """Return how often each fault struck."""
        return counts(self._struck.elements()) or "none"

    def _worker(self) -> None:
        if self._stage.product.kill_worker():
            self._struck["worker killed"] += 1

    def _backend(self) -> None:
        if self._stage.database.kill_app_backend():
            self._struck["database process killed"] += 1

    def _connections(self) -> None:
        with self._stage.database.connect() as connection:
            self._struck["connections ended"] += self._stage.database.terminate_app_backends(connection)

    def _postmaster(self) -> None:
        self._stage.database.kill()
        self._stage.database.start()
        self._struck["postmaster killed and started"] += 1


@dataclass(frozen=True)
class Row:
    """An interaction as the answer shows it."""

    number: int
    action: str


@dataclass(frozen=True)
class Written:
    """A key and what became of it: acknowledged as a row, refused (the answer), or neither when it was given up."""

    request: Request
    event: int
    attempts: int
    row: Row | None
    refusal: str = ""


def writes(stage: Stage) -> list[Finding]:
    """Record interactions through a storm of faults; then compare what was acknowledged with what is in the table."""
    with stage.database.connect() as connection:
        before = _rows(connection.execute("SELECT id, event_id, action FROM interactions_interaction").fetchall())
    faults = Faults(stage)
    written = _storm(stage, faults)
    stage.database.start()
    with stage.database.connect() as connection:
        rows = _rows(connection.execute("SELECT id, event_id, action FROM interactions_interaction").fetchall())
    new = {number: row for number, row in rows.items() if number not in before}
    acknowledged = [one for one in written if one.row is not None]
    lost = sum(new.get(one.row.number) != (one.event, one.row.action) for one in acknowledged if one.row is not None)
    distinct = len({one.row.number for one in acknowledged if one.row is not None})
    retried = sum(one.attempts > 1 for one in written)
    repeated, different = _repeat(stage, acknowledged)
    refused = "; ".join(sorted({one.refusal for one in written if one.refusal}))[:200]
    recount = stage.manage("recount_interactions")
    return [
        Finding(f"faults: {faults.counted()}"),
        Finding(
            f"{len(acknowledged):,} acknowledged, {retried:,} requests sent more than once",
            f"at least {ACKNOWLEDGED_BAR:,}",
            met=len(acknowledged) >= ACKNOWLEDGED_BAR,
        ),
        _none(f"never acknowledged {refused}" if refused else "never acknowledged", len(written) - len(acknowledged)),
        _none("acknowledged but not in the table as asked", lost),
        Finding(
            f"{distinct:,} ids for {len(acknowledged):,} acknowledged, {len(new):,} rows for {len(written):,} keys",
            "as many ids and rows as keys",
            met=distinct == len(acknowledged) and len(new) == len(written),
        ),
        _none(f"of {repeated:,} keys sent again afterwards answered otherwise", different),
        Finding(
            f"recount_interactions: exit {recount.returncode}, {recount.stdout.strip()[-80:]}",
            "exit 0",
            met=recount.returncode == 0,
        ),
    ]


def _none(what: str, number: int) -> Finding:
    return Finding(f"{number:,} {what}", "0", met=number == 0)


def _storm(stage: Stage, faults: Faults) -> list[Written]:
    over, given_up = threading.Event(), threading.Event()
    progress: list[Written] = []
    with ThreadPoolExecutor(CLIENTS) as threads:
        running = [
            threads.submit(_keep_writing, stage, number, progress, over=over, given_up=given_up)
            for number in range(CLIENTS)
        ]
        try:
            began_at = time.monotonic()
            while (elapsed := time.monotonic() - began_at) < _LONGEST_SECONDS and (
                elapsed < stage.seconds or len(progress) < ACKNOWLEDGED_BAR
            ):
                faults.strike()
                time.sleep(_POLL_SECONDS)
            over.set()
            stage.database.start()
            deadline = time.monotonic() + _LAST_ROUND_SECONDS
            while time.monotonic() < deadline and not all(client.done() for client in running):
                time.sleep(_POLL_SECONDS)
        finally:
            over.set()
            given_up.set()
        for client in running:
            client.result()
    return progress


def _rows(rows: Sequence[tuple[int, int, str]]) -> dict[int, tuple[int, str]]:
    return {number: (event, action) for number, event, action in rows}


def _repeat(stage: Stage, acknowledged: Sequence[Written]) -> tuple[int, int]:
    """Send some requests once more, and return how many, and how many of them got another answer than before."""
    client = Client(stage.product.port)
    chosen = acknowledged[:: max(len(acknowledged) // _REPEATED, 1)]
    different = 0
    for one in chosen:
        try:
            answer = client.ask(one.request)
            same = (
                answer.status in (200, 201) and one.row is not None and json.loads(answer.body)["id"] == one.row.number
            )
        except NoAnswer:
            same = False
        different += not same
    client.close()
    return len(chosen), different


def _keep_writing(
    stage: Stage, client_number: int, written: list[Written], *, over: threading.Event, given_up: threading.Event
) -> None:
    """Write one interaction after the other until it is over, and the last until it is answered or given up."""
    client = Client(stage.product.port, timeout_seconds=_TIMEOUT_SECONDS)
    interactions = new_interactions(client_number, stage.events)
    while not over.is_set():
        written.append(_write(stage.tokens[client_number], next(interactions), client, given_up))
    client.close()


def _write(token: str, interaction: NewInteraction, client: Client, given_up: threading.Event) -> Written:
    request, event = new_interaction(token, interaction), interaction["eventId"]
    attempts, wait = 0, _BACKOFF_SECONDS
    while True:
        attempts += 1
        try:
            answer = client.ask(request)
        except NoAnswer:
            pass
        else:
            if answer.status in (200, 201):
                body = json.loads(answer.body)
                return Written(request, event, attempts, Row(body["id"], body["action"]))
            if answer.status < 500:
                return Written(request, event, attempts, None, f"{answer.status} {answer.body[:100]!r}")
        if given_up.wait(wait):
            return Written(request, event, attempts, None, "no answer until the end")
        wait = min(wait * 2, _BACKOFF_MAX_SECONDS)
