"""The ordinary client: one kept-alive connection, one request at a time."""

import socket
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from chaos.wire import HOST, Head, head_of, is_whole

_BYTES = 65_536
_CONNECT_SECONDS = 30


# A port, a Unix socket, or what makes a connection.
Where = int | Path | Callable[[], socket.socket]


class NoAnswer(Exception):
    """The connection failed, or time ran out, before the whole answer was there."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    problem: bool
    retry_after: bool
    body: bytes


class Client:
    """A connection to the product, made when needed. Not for several threads."""

    def __init__(self, where: Where, *, timeout_seconds: float = 30) -> None:
        """Take where the product listens, or how it is reached; `timeout_seconds` is for each send and receive."""
        self._where = where
        self._timeout_seconds = timeout_seconds
        self._socket: socket.socket | None = None

    def ask(self, request: bytes) -> Answer:
        """Return the answer to a request; raises NoAnswer.

        A kept connection that the server closed meanwhile is replaced once, as every HTTP client does.
        """
        kept = self._socket is not None
        try:
            data, head = self._exchange(request)
            if head is None and not data and kept:
                data, head = self._exchange(request)
        except OSError as error:
            self.close()
            raise NoAnswer(str(error)) from error
        if head is None:
            raise NoAnswer("The connection was closed in the middle.")
        return Answer(head.status, head.problem, head.retry_after, data[head.size :])

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _exchange(self, request: bytes) -> tuple[bytes, Head | None]:
        """Send and receive; without a head if the connection ended too soon, without bytes if it had ended before."""
        if self._socket is None:
            self._socket = _connected(self._where)
            self._socket.settimeout(self._timeout_seconds)
        data, head = b"", None
        try:
            self._socket.sendall(request)
            while head is None or not is_whole(head, data):
                received = self._socket.recv(_BYTES)
                if not received:
                    self.close()
                    ends_here = head is not None and head.length is None and not head.chunked
                    return data, head if ends_here else None
                data += received
                head = head or head_of(data)
        except (BrokenPipeError, ConnectionResetError):
            self.close()
            return data, None
        if head.closes:
            self.close()
        return data, head


def _connected(where: Where) -> socket.socket:
    if isinstance(where, Path):
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(where))
        return client
    if callable(where):
        return where()
    client = socket.create_connection((HOST, where), _CONNECT_SECONDS)
    client.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return client
