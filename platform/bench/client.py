"""An HTTP client that costs little: persistent connections on one thread, requests made beforehand."""

import selectors
import socket
import time
from collections import deque
from dataclasses import dataclass, field

_SECONDS = 30.0
_CHUNK = 262_144

_REFUSED = b"503"


class WrongAnswer(Exception):
    """The server answered with another status than asked for; its answer is the message."""


@dataclass(frozen=True)
class Target:
    """What is asked for: the requests in turn, and the status that is right."""

    port: int
    requests: tuple[bytes, ...]
    status: int = 200


@dataclass
class Answers:
    """Seconds that each answer took, those that were refused (503) left out, and how long all took."""

    seconds: list[float] = field(default_factory=list)
    took: float = 0.0

    @property
    def per_second(self) -> float:
        """The rate."""
        return len(self.seconds) / self.took


@dataclass
class _Line:
    """A connection: when its last request was sent, and what has arrived of the answer."""

    connection: socket.socket
    sent_at: float = 0.0
    arrived: bytearray = field(default_factory=bytearray)


def get(path: str, token: str = "") -> bytes:
    """Return a GET request."""
    authorization = f"Authorization: Bearer {token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{authorization}\r\n".encode()


def post(path: str, token: str, body: str) -> bytes:
    """Return a POST request of JSON."""
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode()


def asked(target: Target, *, connections: int, seconds: float = 0.0, number: int = 0) -> Answers:
    """Ask for so long or so often, each connection again as soon as it is answered."""
    answers, sent, waiting = Answers(), 0, deque(_dial(target) for _ in range(connections))
    with selectors.DefaultSelector() as selector:
        for line in waiting:
            selector.register(line.connection, selectors.EVENT_READ, line)
        started = time.perf_counter()
        while True:
            over = (seconds and time.perf_counter() >= started + seconds) or (number and sent >= number)
            if over and len(waiting) == connections:
                break
            while waiting and not over:
                line = waiting.popleft()
                line.sent_at = time.perf_counter()
                line.arrived.clear()
                line.connection.sendall(target.requests[sent % len(target.requests)])
                sent += 1
                over = bool(number and sent >= number)
            for key, _ in selector.select(_SECONDS):
                line = key.data
                line.arrived += _received(line, target)
                if _whole(line, target):
                    if line.arrived[9:12] != _REFUSED:
                        answers.seconds.append(time.perf_counter() - line.sent_at)
                    waiting.append(line)
        answers.took = time.perf_counter() - started
    for line in waiting:
        line.connection.close()
    return answers


def _dial(target: Target) -> _Line:
    connection = socket.create_connection(("127.0.0.1", target.port), timeout=_SECONDS)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return _Line(connection)


def _received(line: _Line, target: Target) -> bytes:
    arrived = line.connection.recv(_CHUNK)
    if not arrived:
        raise WrongAnswer(f"The server on port {target.port} hung up.")
    return arrived


def _whole(line: _Line, target: Target) -> bool:
    head, separator, body = line.arrived.partition(b"\r\n\r\n")
    if not separator:
        return False
    if head[9:12] not in (_REFUSED, str(target.status).encode()):
        raise WrongAnswer(bytes(line.arrived).decode(errors="replace")[:600])
    length = next(
        int(field[15:]) for field in bytes(head).lower().split(b"\r\n") if field.startswith(b"content-length:")
    )
    return len(body) >= length
