"""This file holds the scenario of hostile sockets: an ordinary client's latency with and without them."""

import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from chaos.finding import Finding, percentile, told
from chaos.hostile import SOCKETS
from chaos.product import ROOT
from chaos.stage import Stage
from chaos.traffic import Traffic, closed

_SLOWER_BAR = 2.0
# So that every kind has reached the state in which it hurts: waiting for bytes, for room, for a time limit.
_LEAD_SECONDS = 3.0
_END_SECONDS = 30.0
_QUIET_SHARE = 1 / 6
_HOSTILE_SHARE = 1 / 4


def sockets(stage: Stage) -> list[Finding]:
    """Measure an ordinary client before, during and after hostile sockets, twice over."""
    _ordinary(stage, stage.seconds * _QUIET_SHARE)
    quiet, attacked = [], []
    made: Counter[str] = Counter()
    for _ in range(2):
        quiet.append(_ordinary(stage, stage.seconds * _QUIET_SHARE))
        with _hostile(stage, made):
            time.sleep(_LEAD_SECONDS)
            attacked.append(_ordinary(stage, stage.seconds * _HOSTILE_SHARE))
    quiet.append(_ordinary(stage, stage.seconds * _QUIET_SHARE))
    normal, slower = _p99(quiet), _p99(attacked)
    wrong = ", ".join(traffic.others() or "503" for traffic in attacked if traffic.others() or traffic.refused())
    return [
        Finding(
            f"{SOCKETS} sockets, made {', '.join(f'{number:,} × {kind}' for kind, number in sorted(made.items()))}"
        ),
        Finding(
            f"p99 with them {told(slower)} of {_number(attacked):,}, without {told(normal)} of {_number(quiet):,}",
            f"at most {told(normal * _SLOWER_BAR)}",
            met=slower <= normal * _SLOWER_BAR,
        ),
        Finding(f"the ordinary client's other answers: {wrong or 'none'}", "200 alone", met=not wrong),
    ]


def _ordinary(stage: Stage, seconds: float) -> Traffic:
    return closed(stage, connections=1, seconds=seconds)


def _p99(runs: list[Traffic]) -> float:
    """Return the 99th percentile of every request, those without an ordinary answer with the time they waited."""
    return percentile([one.seconds for traffic in runs for one in traffic.arrivals], 0.99)


def _number(runs: list[Traffic]) -> int:
    return sum(len(traffic.arrivals) for traffic in runs)


@contextmanager
def _hostile(stage: Stage, made: Counter[str]) -> Iterator[None]:
    """Run the hostile clients meanwhile, and add up how many connections they made."""
    with subprocess.Popen(
        [sys.executable, "-m", "chaos.hostile"],
        cwd=ROOT,
        env=stage.variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdin is not None
            program.stdin.write(json.dumps({"port": stage.product.port, "token": stage.tokens[-1]}) + "\n")
            program.stdin.flush()
            yield
            told_so, _ = program.communicate(timeout=_END_SECONDS)
            made.update(json.loads(told_so))
        finally:
            program.kill()
