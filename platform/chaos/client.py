"""HTTP clients: one that asks once, a crowd that asks again and again, and one behind the proxy in its own process."""

import http.client
import json
import multiprocessing
import socket
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cache, partial
from itertools import cycle
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict

from chaos.findings import percentile
from chaos.proxy import HOST, Proxy, connect

CLIENTS = 8
FEED = "/recommendations?limit=20"
_ACTIONS = ("VIEW", "SAVE", "CLICK", "APPLY")
# Between an answer and the next request, so that eight clients do not keep the two cores busy with refusals.
_THINK_SECONDS = 0.01
# An address that only the client behind the proxy has; its requests stay below the 50 a second that it is allowed.
_SOURCE = "127.0.0.9"
_PROXIED_THINK_SECONDS = 0.03

# A port, a Unix socket, or a function that makes a connection.
Where = int | Path | Callable[[], socket.socket]


class NoAnswer(Exception):
    """The connection failed, or time ran out, before the whole answer was there."""


class NewInteraction(TypedDict):
    """The body of a request that records an interaction."""

    eventId: int
    action: str


@dataclass(frozen=True)
class Request:
    """A request that can be sent again."""

    method: str
    path: str
    headers: dict[str, str] = field(default_factory=dict)
    body: str | None = None


@dataclass(frozen=True)
class Answer:
    """A whole answer; `is_problem` says whether it is a problem document."""

    status: int
    is_problem: bool
    body: bytes


def get(path: str, token: str | None = None) -> Request:
    """Return a GET request."""
    return Request("GET", path, {} if token is None else {"Authorization": f"Bearer {token}"})


def new_interaction(token: str, interaction: NewInteraction) -> Request:
    """Return a request that records an interaction, with an Idempotency-Key of its own."""
    headers = {
        "Authorization": f"Bearer {token}",
        "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()),
    }
    return Request("POST", "/interactions", headers, json.dumps(interaction))


class Client:
    """A connection to the product, made when it is needed. Not for several threads."""

    def __init__(self, where: Where, *, timeout_seconds: float = 30) -> None:
        """Take where the product listens, or how it is reached; `timeout_seconds` is for each send and receive."""
        self._connection = _Connection(where, timeout_seconds)

    def ask(self, request: Request) -> Answer:
        """Return the answer to a request; raises NoAnswer.

        A kept connection that the server closed meanwhile is replaced once, as every HTTP client does.
        """
        is_kept = self._connection.sock is not None
        try:
            try:
                return self._exchange(request)
            except (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError):
                if not is_kept:
                    raise
                self.close()
                return self._exchange(request)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise NoAnswer(str(error)) from error

    def close(self) -> None:
        """Close the connection, if there is one."""
        self._connection.close()

    def _exchange(self, request: Request) -> Answer:
        self._connection.request(request.method, request.path, request.body, request.headers)
        answer = self._connection.getresponse()
        body = answer.read()
        return Answer(answer.status, answer.headers.get_content_type() == "application/problem+json", body)


class _Connection(http.client.HTTPConnection):
    """A connection to wherever the product listens."""

    def __init__(self, where: Where, timeout_seconds: float) -> None:
        super().__init__(HOST, where if isinstance(where, int) else None, timeout=timeout_seconds)
        self._where = where

    def connect(self) -> None:
        if isinstance(self._where, Path):
            self.sock = socket.socket(socket.AF_UNIX)
            self.sock.connect(str(self._where))
        elif callable(self._where):
            self.sock = self._where()
        else:
            super().connect()
        self.sock.settimeout(self.timeout)


@cache
def new_interactions(client: int, events: tuple[int, ...]) -> Iterator[NewInteraction]:
    """Return interactions of a client, none twice in 4 × len(events): a repeated one is answered but makes no row.

    The scenarios share users and events, so they share the iterator of a client, too.
    """
    first = client * 7
    return cycle(
        {"eventId": event, "action": action} for action in _ACTIONS for event in events[first:] + events[:first]
    )


def readers(tokens: Sequence[str], *paths: str, number: int = CLIENTS) -> list[Callable[[], Request]]:
    """Return functions that return the next request: clients, each another user, that get these paths in turn."""
    return [cycle([get(path, tokens[client]) for path in paths]).__next__ for client in range(number)]


def writers(tokens: Sequence[str], events: tuple[int, ...], *, number: int = CLIENTS) -> list[Callable[[], Request]]:
    """Return functions that return the next request: clients, each another user, that record interactions."""

    def writer(client: int) -> Callable[[], Request]:
        interactions = new_interactions(client, events)
        return lambda: new_interaction(tokens[client], next(interactions))

    return [writer(client) for client in range(number)]


@dataclass(frozen=True)
class Sample:
    """One request of one client; `status` 0 means no answer, `started` is on the monotonic clock."""

    client: int
    started: float
    seconds: float
    status: int
    is_problem: bool

    @property
    def ended(self) -> float:
        """When the answer was there."""
        return self.started + self.seconds

    @property
    def is_good(self) -> bool:
        """Whether it was an ordinary answer."""
        return 200 <= self.status < 300

    @property
    def is_refusal(self) -> bool:
        """Whether it was a problem document of status 503."""
        return self.status == 503 and self.is_problem


def sample(client: Client, request: Request, number: int = 0) -> Sample:
    """Return how a request went."""
    started = time.monotonic()
    try:
        answer = client.ask(request)
        status, is_problem = answer.status, answer.is_problem
    except NoAnswer:
        status, is_problem = 0, False
    return Sample(number, started, time.monotonic() - started, status, is_problem)


class Crowd:
    """A thread for each client, from entering the context until leaving it; then `samples` holds what they saw."""

    def __init__(
        self, port: int, requests: Sequence[Callable[[], Request]], *, think_seconds: float = _THINK_SECONDS
    ) -> None:
        """Take for each client a function that returns its next request."""
        self.samples: tuple[Sample, ...] = ()
        self._port = port
        self._requests = requests
        self._think_seconds = think_seconds
        self._over = threading.Event()
        self._threads = ThreadPoolExecutor(len(requests))
        self._running: list[Future[list[Sample]]] = []

    def __enter__(self) -> Self:
        """Start asking."""
        self._running = [self._threads.submit(self._ask, *each) for each in enumerate(self._requests)]
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop asking, and wait for the last answers."""
        self._over.set()
        self._threads.shutdown()
        self.samples = tuple(each for client in self._running for each in client.result())

    def _ask(self, number: int, next_request: Callable[[], Request]) -> list[Sample]:
        client = Client(self._port)
        samples = []
        while not self._over.wait(self._think_seconds):
            samples.append(sample(client, next_request(), number))
        client.close()
        return samples


@dataclass(frozen=True)
class Feeds:
    """The feeds that a client asked for: the status of each answer (0 for none) and the seconds until it was there."""

    statuses: tuple[int, ...]
    seconds: tuple[float, ...]

    @property
    def served(self) -> int:
        """How many were answered with 200."""
        return self.statuses.count(200)

    def percentile(self, share: float) -> float:
        """Return what this share of the requests took at most, in seconds."""
        return percentile(self.seconds, share)


def feeds(token: str, proxy: Proxy, number: int) -> Feeds:
    """Ask for a number of feeds behind the proxy, one after the other, in a process that nothing else slows down."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as process:
        return process.submit(_feeds, proxy.ports[443], proxy.certificate, token, number).result()


def _feeds(port: int, certificate: Path, token: str, number: int) -> Feeds:
    client = Client(partial(connect, port, certificate, _SOURCE))
    samples = []
    for _ in range(number):
        time.sleep(_PROXIED_THINK_SECONDS)
        samples.append(sample(client, get(FEED, token)))
    client.close()
    return Feeds(tuple(each.status for each in samples), tuple(each.seconds for each in samples))
