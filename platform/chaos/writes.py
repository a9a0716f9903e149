"""The scenario in which people write while everything below them is killed."""

import json
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from chaos.asking import CLIENTS
from chaos.client import Client, NoAnswer
from chaos.faults import Faults
from chaos.finding import Finding
from chaos.stage import Stage
from chaos.writing import Written, keep_writing

ACKNOWLEDGED_BAR = 5_000
# However slow the machine, the storm ends.
_LONGEST_SECONDS = 240.0
# What is not acknowledged when the storm is over, and for so long after it, is given up.
_LAST_ROUND_SECONDS = 60.0
_POLL_SECONDS = 0.2
_REPEATED = 200


def writes(stage: Stage) -> list[Finding]:
    """Record interactions through a storm of faults; then compare what was acknowledged with what is in the table."""
    with stage.database.connect() as connection:
        before = _rows(connection.execute("SELECT id, event_id, action FROM interactions_interaction").fetchall())
    faults = Faults(stage)
    written = _storm(stage, faults)
    stage.database.start()
    with stage.database.connect() as connection:
        found = _rows(connection.execute("SELECT id, event_id, action FROM interactions_interaction").fetchall())
    new = {number: row for number, row in found.items() if number not in before}
    acknowledged = [one for one in written if one.row is not None]
    lost = sum(new.get(one.row.number) != (one.event, one.row.action) for one in acknowledged if one.row is not None)
    distinct = len({one.row.number for one in acknowledged if one.row is not None})
    retried = sum(one.attempts > 1 for one in written)
    repeated, different = _repeat(stage, acknowledged)
    refused = "; ".join(sorted({one.refusal for one in written if one.refusal}))[:200]
    recount = stage.manage("recount_interactions")
    return [
        Finding(f"faults: {faults.told()}"),
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
            threads.submit(keep_writing, stage, number, progress, over=over, given_up=given_up)
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
