"""An ordinary client behind the proxy, in a process of its own, so that nothing else here slows it down."""

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from chaos.client import Client, NoAnswer
from chaos.finding import percentile
from chaos.proxy import Proxy, connect
from chaos.stage import Stage
from chaos.wire import get

FEED = "/recommendations?limit=20"
# An address that no other client here has.
_SOURCE = "127.0.0.9"
# Below the 50 requests a second that the proxy allows a client.
_THINK_SECONDS = 0.03


@dataclass(frozen=True)
class Seen:
    """What a client saw: the status of each answer (0 for none) and the seconds until it was there."""

    statuses: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def served(self) -> int:
        """How many ordinary answers there were."""
        return self.statuses.count(200)

    def high(self, share: float) -> float:
        """Return what this share of the requests took at most, in seconds."""
        return percentile(self.seconds, share)


def feeds(stage: Stage, proxy: Proxy, number: int) -> Seen:
    """Ask for a number of feeds, one after the other, as a person who hurries."""
    request = get(FEED, stage.tokens[0])
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_asked, proxy.ports[443], proxy.certificate, request, number).result()


def _asked(port: int, certificate: Path, request: bytes, number: int) -> Seen:
    client = Client(partial(connect, port, certificate, _SOURCE))
    statuses, seconds = [], []
    for _ in range(number):
        time.sleep(_THINK_SECONDS)
        began_at = time.monotonic()
        try:
            statuses.append(client.ask(request).status)
        except NoAnswer:
            statuses.append(0)
        seconds.append(time.monotonic() - began_at)
    client.close()
    return Seen(tuple(statuses), tuple(seconds))
