"""The scenario of too many requests, by h2load: ten times the connections that saturate the product."""

import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chaos.client import FEED, feeds
from chaos.findings import Finding, at_most, duration, percentile
from chaos.harness import Stage
from chaos.proxy import Proxy

_SLACK_SECONDS = 60
_CONNECTIONS = (2, 4, 8, 16, 32)
_CAPACITY_SECONDS = 4.0
# Of the best rate: more connections than get this saturate it, too.
_SATURATED = 0.95
_TIMES = 10
_REFUSED_BAR_SECONDS = 0.05
_RECOVERY_SECONDS = 5.0
_AFTER_BAR = 1.5
_FEEDS = 200
_MEMORY_SHARE = 1.1
_MEMORY_BYTES = 5_000_000


class NoFlood(Exception):
    """h2load is not installed. On Debian: apt-get install nghttp2-client"""


@dataclass(frozen=True)
class Flood:
    """The seconds that answers took, by their status, and for how long they were asked for."""

    answers: dict[int, list[float]]
    seconds: float

    def rates(self, *statuses: int) -> str:
        """Return how many answers of each status there were a second."""
        return ", ".join(f"{self.rate(status):,.0f}/s × {status}" for status in statuses or sorted(self.answers))

    def rate(self, status: int) -> float:
        """Return how many answers of a status there were a second."""
        return len(self.answers.get(status, ())) / self.seconds


def command(stage: Stage, proxy: Proxy, connections: int, seconds: float) -> list[str]:
    """Return the command that asks for feeds over so many connections."""
    program = shutil.which("h2load")
    if program is None:
        raise NoFlood(NoFlood.__doc__)
    token = f"Authorization: Bearer {stage.tokens[1]}"
    url = f"https://127.0.0.1:{proxy.ports[443]}{FEED}"
    return [program, "--h1", f"--clients={connections}", "--threads=1", f"--duration={seconds:.0f}", "-H", token, url]


def flood(stage: Stage, proxy: Proxy, connections: int, seconds: float) -> Flood:
    """Ask for feeds over so many connections at once."""
    answers: dict[int, list[float]] = {}
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        line = [*command(stage, proxy, connections, seconds), f"--log-file={log}"]
        subprocess.run(line, check=True, capture_output=True, timeout=seconds + _SLACK_SECONDS)  # noqa: S603
        for row in log.read_text().splitlines():
            # When it was sent, the status, and microseconds until the answer was there; cut off at the very end.
            with suppress(ValueError):
                _, status, microseconds = map(int, row.split("\t"))
                answers.setdefault(status, []).append(microseconds / 1e6)
    return Flood(answers, seconds)


def load(stage: Stage, proxy: Proxy) -> list[Finding]:
    """Find the connections that saturate the product; then ask over ten times as many, and once more as before."""
    flood(stage, proxy, max(_CONNECTIONS), _CAPACITY_SECONDS)
    rates = {number: flood(stage, proxy, number, _CAPACITY_SECONDS).rate(200) for number in _CONNECTIONS}
    best = max(rates.values())
    saturating = min(number for number, rate in rates.items() if rate >= _SATURATED * best)
    before, memory_before = feeds(stage.tokens[0], proxy, _FEEDS), stage.product.memory_bytes()
    flooded = flood(stage, proxy, _TIMES * saturating, stage.seconds)
    time.sleep(_RECOVERY_SECONDS)
    after, memory_after = feeds(stage.tokens[0], proxy, _FEEDS), stage.product.memory_bytes()
    refusals = flooded.answers.get(503, []) + flooded.answers.get(429, [])
    others = flooded.answers.keys() - {200, 429, 503}
    bar_seconds, p95_seconds = before.percentile(0.95) * _AFTER_BAR, after.percentile(0.95)
    return [
        Finding(f"{saturating} connections get {best:,.0f} answers/s; {_TIMES * saturating} get {flooded.rates()}"),
        at_most("refusals in the median", percentile(refusals, 0.5), _REFUSED_BAR_SECONDS),
        Finding(
            f"other answers: {flooded.rates(*sorted(others)) if others else 'none'}", "200, 429 or 503", met=not others
        ),
        Finding(
            f"{_RECOVERY_SECONDS:.0f} s later {after.served} of {_FEEDS} served, p95 {duration(p95_seconds)}",
            f"all, at most {duration(bar_seconds)}",
            met=after.served == _FEEDS and p95_seconds <= bar_seconds,
        ),
        *_memory(memory_before, memory_after),
    ]


def as_many_clients(configuration: str) -> str:
    """Return the configuration of the proxy without what it allows one client: each connection stands for another."""
    return configuration.replace("limit_conn marquee", "# limit_conn marquee").replace(
        "limit_req zone", "# limit_req zone"
    )


def _memory(before: dict[int, int], after: dict[int, int]) -> list[Finding]:
    if before.keys() != after.keys():
        return [Finding("a worker was restarted", "the same workers", met=False)]
    return [
        Finding(
            f"memory of a worker {after[pid] / 1e6:,.1f} MB, {before[pid] / 1e6:,.1f} MB after warm-up",
            f"at most {(before[pid] * _MEMORY_SHARE + _MEMORY_BYTES) / 1e6:,.1f} MB",
            met=after[pid] <= before[pid] * _MEMORY_SHARE + _MEMORY_BYTES,
        )
        for pid in sorted(before)
    ]
