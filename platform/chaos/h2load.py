"""Floods by h2load: connections that ask again as soon as they are answered."""

import shutil
import subprocess
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from chaos.finding import percentile
from chaos.ordinary import FEED
from chaos.proxy import Proxy
from chaos.stage import Stage

_SLACK_SECONDS = 60


class NoFlood(Exception):
    """h2load is not installed. On Debian: apt-get install nghttp2-client"""


@dataclass(frozen=True)
class Flood:
    """The answers by their status, and for how long they were asked for."""

    answers: dict[int, tuple[float, ...]]
    seconds: float

    @property
    def served(self) -> float:
        """How many ordinary answers there were a second."""
        return len(self.answers.get(200, ())) / self.seconds

    @property
    def refused(self) -> tuple[float, ...]:
        """The seconds that refusals took."""
        return self.answers.get(503, ()) + self.answers.get(429, ())

    def others(self) -> str:
        """Return what else came, counted; empty if nothing did."""
        return ", ".join(
            f"{len(seconds):,} × {status}"
            for status, seconds in sorted(self.answers.items())
            if status not in (200, 429, 503)
        )

    def told(self) -> str:
        """Return how many there were a second of each kind."""
        counted = Counter({status: len(seconds) for status, seconds in self.answers.items()})
        return ", ".join(f"{number / self.seconds:,.0f}/s × {status}" for status, number in sorted(counted.items()))


def command(stage: Stage, proxy: Proxy, connections: int, seconds: float) -> list[str]:
    """Return the command that asks for feeds over so many connections."""
    found = shutil.which("h2load")
    if found is None:
        raise NoFlood(NoFlood.__doc__)
    token = f"Authorization: Bearer {stage.tokens[1]}"
    address = f"https://127.0.0.1:{proxy.ports[443]}{FEED}"
    return [found, "--h1", f"--clients={connections}", "--threads=1", f"--duration={seconds:.0f}", "-H", token, address]


def flood(stage: Stage, proxy: Proxy, connections: int, seconds: float) -> Flood:
    """Ask for feeds over so many connections at once."""
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log"
        line = [*command(stage, proxy, connections, seconds), f"--log-file={log}"]
        subprocess.run(line, check=True, capture_output=True, timeout=seconds + _SLACK_SECONDS)  # noqa: S603
        answers: dict[int, list[float]] = {}
        for row in log.read_text().splitlines():
            # When it was sent, the status, and microseconds until the answer was there; cut off at the very end.
            with suppress(ValueError):
                _, status, microseconds = map(int, row.split("\t"))
                answers.setdefault(status, []).append(microseconds / 1e6)
    return Flood({status: tuple(taken) for status, taken in answers.items()}, seconds)


def median(seconds: tuple[float, ...]) -> float:
    """Return the median; NaN of nothing."""
    return percentile(seconds, 0.5)
