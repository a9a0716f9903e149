"""This file holds the program of hostile clients: sockets that waste what a server has, renewed as they are closed.

It reads a port and a token from the first line of standard input, goes on until standard input ends, and prints how
many connections of each kind it made.
"""

import json
import random
import select
import socket
import sys
import time
from collections import Counter

from chaos.wire import HOST, get

SOCKETS = 200
_TICK_SECONDS = 1.0
# A socket closed at once is renewed after this, or it would be a flood of connections, which is another attack.
_RENEWAL_SECONDS = 1.0
_POLL_SECONDS = 0.1
_HUGE_BYTES = 100_000
_PIPELINED = 50
_SMALL_BUFFER_BYTES = 4_096
_READ_BYTES = 65_536
_GONE = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR


class _Hostile:
    """One socket of a kind; what is left to send goes out as fast as it is taken, of slow kinds a byte each tick."""

    def __init__(self, kind: str, message: bytes, *, slow: bool, reads: bool) -> None:
        self.kind, self.slow, self.reads = kind, slow, reads
        self._message = message
        self._left = b""
        self._socket: socket.socket | None = None
        self.opened_at = 0.0

    def connect(self, port: int, now: float) -> int:
        """Connect anew and return the descriptor."""
        self.close()
        fresh = socket.socket()
        fresh.setblocking(False)
        if not self.reads:
            fresh.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER_BYTES)
        fresh.connect_ex((HOST, port))
        self._socket, self._left, self.opened_at = fresh, self._message, now
        return fresh.fileno()

    def close(self) -> None:
        """Close the socket, if there is one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def push(self) -> None:
        """Send more."""
        if self._socket is None or not self._left:
            return
        try:
            sent = self._socket.send(self._left[:1] if self.slow else self._left)
        except OSError:
            return
        self._left = self._left[sent:]

    def is_over(self, event: int) -> bool:
        """Take in what came, and say whether the server closed the connection."""
        if event & _GONE or self._socket is None:
            return True
        try:
            return self._socket.recv(_READ_BYTES) == b""
        except BlockingIOError:
            return False
        except OSError:
            return True


def _kinds(token: str) -> list[_Hostile]:
    # The same garbage each time; nothing secret.
    noise = random.Random(3).randbytes(2_000)  # noqa: S311
    start = f"GET /recommendations HTTP/1.1\r\nHost: {HOST}\r\nX-Filler: ".encode()
    half = f"POST /interactions HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {token}\r\n".encode()
    half += b'Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"eventId": 1,'
    return [
        _Hostile("slow headers", start + b"a" * 10_000, slow=True, reads=True),
        _Hostile("half bodies", half, slow=False, reads=True),
        _Hostile("huge headers", start + b"a" * _HUGE_BYTES + b"\r\n\r\n", slow=False, reads=True),
        _Hostile("garbage", (get("/healthz") + noise) * 5, slow=False, reads=True),
        _Hostile("never reading", get("/events?limit=100", token) * _PIPELINED, slow=False, reads=False),
    ]


def main() -> None:
    """Hold the sockets until standard input ends."""
    order = json.loads(sys.stdin.readline())
    sockets = [one for _ in range(SOCKETS // 5) for one in _kinds(order["token"])]
    poll = select.epoll()
    poll.register(sys.stdin, select.EPOLLIN)
    open_sockets: dict[int, _Hostile] = {}
    closed, made = list(sockets), Counter[str]()
    tick_at = time.monotonic()
    while True:
        now = time.monotonic()
        for one in [one for one in closed if now >= one.opened_at + _RENEWAL_SECONDS]:
            closed.remove(one)
            descriptor = one.connect(order["port"], now)
            open_sockets[descriptor] = one
            poll.register(descriptor, _GONE | (select.EPOLLIN if one.reads else 0))
            made[one.kind] += 1
        ticks, tick_at = (True, now + _TICK_SECONDS) if now >= tick_at else (False, tick_at)
        for one in open_sockets.values():
            if ticks or not one.slow:
                one.push()
        for descriptor, event in poll.poll(_POLL_SECONDS):
            if descriptor == sys.stdin.fileno():
                json.dump(made, sys.stdout)
                return
            if open_sockets[descriptor].is_over(event):
                over = open_sockets.pop(descriptor)
                poll.unregister(descriptor)
                over.close()
                closed.append(over)


if __name__ == "__main__":
    main()
