"""This file holds one run of the load generator, and what it measured."""

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass

from chaos.finding import percentile
from chaos.generator import DRAIN_SECONDS
from chaos.product import ROOT
from chaos.stage import Stage

PATH = "/recommendations?limit=20"
# What a generator may hold at once in an open run; below the product's own limits on connections and descriptors.
_MOST_CONNECTIONS = 900
_SLACK_SECONDS = 60.0


class GeneratorFailed(Exception):
    """The load generator ended with an error."""


@dataclass(frozen=True)
class Arrival:
    """One request: when it was due (seconds after the start), how long until its answer; status 0 means none came."""

    due: float
    seconds: float
    status: int
    retry_after: bool


@dataclass(frozen=True)
class Traffic:
    """All arrivals of a run; `late` is how long after their due moments requests were sent, in seconds."""

    arrivals: tuple[Arrival, ...]
    late: tuple[float, ...]
    unsent: int
    goes_first: bool
    seconds: float

    @property
    def offered(self) -> float:
        """How many requests were really sent, a second."""
        return len(self.arrivals) / self.seconds

    @property
    def late_p99(self) -> float:
        """How late 99 % of the requests were sent at most, in seconds."""
        return percentile(self.late, 0.99)

    @property
    def accepted_rate(self) -> float:
        """How many ordinary answers there were a second, without those that came only after the last arrival."""
        in_time = sum(one.status == 200 and one.due + one.seconds <= self.seconds for one in self.arrivals)
        return in_time / self.seconds

    def accepted(self, *, from_second: float = 0.0) -> list[float]:
        """Return how long the ordinary answers took, of requests due from a second on."""
        return [one.seconds for one in self.arrivals if one.status == 200 and one.due >= from_second]

    def refused(self) -> list[float]:
        """Return how long the refusals took that say when to come again."""
        return [one.seconds for one in self.arrivals if one.status == 503 and one.retry_after]

    def others(self) -> str:
        """Return what else came, counted; empty if nothing did."""
        odd = Counter(
            "no answer" if one.status == 0 else str(one.status)
            for one in self.arrivals
            if one.status != 200 and not (one.status == 503 and one.retry_after)
        )
        return ", ".join(f"{number:,} × {name}" for name, number in sorted(odd.items()))


def closed(stage: Stage, *, connections: int, seconds: float) -> Traffic:
    """Let so many clients each ask again as soon as they are answered."""
    return _run(stage, rate=None, connections=connections, seconds=seconds)


def open_loop(stage: Stage, *, rate: float, seconds: float) -> Traffic:
    """Let requests arrive at a rate, at random moments, whatever the product does."""
    return _run(stage, rate=rate, connections=_MOST_CONNECTIONS, seconds=seconds)


def _run(stage: Stage, *, rate: float | None, connections: int, seconds: float) -> Traffic:
    plan = {
        "port": stage.product.port,
        "path": PATH,
        "tokens": stage.tokens,
        "rate": rate,
        "seconds": seconds,
        "connections": connections,
    }
    done = subprocess.run(
        [sys.executable, "-m", "chaos.generator"],
        cwd=ROOT,
        env=stage.variables,
        input=json.dumps(plan),
        capture_output=True,
        text=True,
        timeout=seconds + DRAIN_SECONDS + _SLACK_SECONDS,
        check=False,
    )
    if done.returncode != 0:
        raise GeneratorFailed(f"The load generator failed: {done.stderr[-600:]}")
    seen = json.loads(done.stdout)
    arrivals = tuple(Arrival(*one) for one in seen["answers"])
    return Traffic(arrivals, tuple(seen["late"]), seen["unsent"], seen["goes_first"], seconds)
