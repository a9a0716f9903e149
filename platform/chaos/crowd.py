"""A crowd of ordinary clients, each asking again and again, and what each of them saw."""

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from chaos.client import Client, NoAnswer

# Between an answer and the next request, so that eight clients do not keep the two cores busy with refusals.
_THINK_SECONDS = 0.01


@dataclass(frozen=True)
class Sample:
    """One request of one client; `status` 0 means no answer, `started` is on the monotonic clock."""

    client: int
    started: float
    seconds: float
    status: int
    problem: bool

    @property
    def ended(self) -> float:
        """When the answer was there."""
        return self.started + self.seconds

    @property
    def good(self) -> bool:
        """Whether it was an ordinary answer."""
        return 200 <= self.status < 300


class Crowd:
    """A thread for each client, from entering the context until leaving it; then `samples` holds what they saw."""

    def __init__(
        self, port: int, askers: Sequence[Callable[[], bytes]], *, think_seconds: float = _THINK_SECONDS
    ) -> None:
        """Take what each client asks: a function that returns its next request."""
        self.samples: tuple[Sample, ...] = ()
        self._port = port
        self._askers = askers
        self._think_seconds = think_seconds
        self._over = threading.Event()
        self._threads = ThreadPoolExecutor(len(askers))
        self._seen: list[Future[list[Sample]]] = []

    def __enter__(self) -> Self:
        """Start asking."""
        self._seen = [self._threads.submit(self._ask, number, asker) for number, asker in enumerate(self._askers)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop asking, and wait for the last answers."""
        self._over.set()
        self._threads.shutdown()
        self.samples = tuple(sample for seen in self._seen for sample in seen.result())

    def _ask(self, number: int, asker: Callable[[], bytes]) -> list[Sample]:
        client = Client(self._port)
        seen = []
        while not self._over.wait(self._think_seconds):
            request = asker()
            started = time.monotonic()
            try:
                answer = client.ask(request)
                status, problem = answer.status, answer.problem
            except NoAnswer:
                status, problem = 0, False
            seen.append(Sample(number, started, time.monotonic() - started, status, problem))
        client.close()
        return seen
