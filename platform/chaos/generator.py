"""This file holds the load generator, a program of its own: one epoll loop that sends prebuilt requests.

It reads a plan from standard input and prints what it saw, both as JSON; chaos/traffic.py writes and reads them.
"""

import gc
import itertools
import json
import os
import random
import select
import socket
import sys
import time
from collections.abc import Iterator

from chaos.wire import HOST, Head, get, head_of, is_whole

# How long answers are waited for after the last arrival.
DRAIN_SECONDS = 10.0
_BYTES = 262_144
_IDLE_POLL_SECONDS = 0.1


class _Connection:
    """A connection, and the request that it is busy with; `due` is None while it is idle."""

    __slots__ = ("connecting", "data", "due", "fresh", "head", "request", "socket")

    def __init__(self, port: int) -> None:
        self.socket = socket.socket()
        self.socket.setblocking(False)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.connect_ex((HOST, port))
        self.connecting = True
        # Nothing was answered on it yet: that it ends is no sign of a keep-alive that ran out.
        self.fresh = True
        self.due: float | None = None
        self.request = self.data = b""
        self.head: Head | None = None


class _Run:
    """Open (with a rate): requests become due at random moments of that rate, whatever was answered meanwhile.

    Closed (without): each connection asks again as soon as it is answered. Latency counts from the due moment.
    """

    def __init__(
        self, port: int, requests: Iterator[bytes], *, rate: float | None, seconds: float, connections: int
    ) -> None:
        self._port = port
        self._requests = requests
        self._rate = rate
        self._most = connections
        self._poll = select.epoll()
        self._open: dict[int, _Connection] = {}
        self._idle: list[_Connection] = []
        # The same arrivals each time; nothing secret.
        self._chance = random.Random(7)  # noqa: S311
        self._began_at = time.monotonic()
        self._end_at = self._began_at + seconds
        self.answers: list[tuple[float, float, int, bool]] = []
        self.late: list[float] = []
        self.unsent = 0

    def run(self) -> None:
        """Send until the end, then wait for what is under way; what has no answer then is recorded as status 0."""
        due = self._began_at
        if self._rate is None:
            for _ in range(self._most):
                self._arrive(due)
            due = self._end_at
        while True:
            now = time.monotonic()
            while self._rate is not None and due <= now and due < self._end_at:
                self._arrive(due)
                due += self._chance.expovariate(self._rate)
            if now >= self._end_at and (len(self._open) == len(self._idle) or now > self._end_at + DRAIN_SECONDS):
                break
            wait = max(due - now, 0.0) if due < self._end_at else _IDLE_POLL_SECONDS
            for descriptor, _ in self._poll.poll(wait):
                self._progress(self._open[descriptor])
        for connection in self._open.values():
            self._record(connection, status=0, retry_after=False)

    def _arrive(self, due: float) -> None:
        """Send the next request on an idle connection or a new one; beyond the most it stays unsent, and is counted."""
        if self._idle:
            self._send(self._idle.pop(), due, next(self._requests))
        elif len(self._open) < self._most:
            self._connect(due, next(self._requests))
        else:
            self.unsent += 1

    def _connect(self, due: float, request: bytes) -> None:
        connection = _Connection(self._port)
        connection.due, connection.request = due, request
        self._open[connection.socket.fileno()] = connection
        self._poll.register(connection.socket, select.EPOLLIN | select.EPOLLOUT)

    def _send(self, connection: _Connection, due: float, request: bytes) -> None:
        connection.due, connection.request = due, request
        connection.data, connection.head = b"", None
        try:
            connection.socket.send(request)
        except OSError:
            self._ended(connection)
        else:
            self.late.append(time.monotonic() - due)

    def _progress(self, connection: _Connection) -> None:
        if connection.connecting and connection.due is not None:
            connection.connecting = False
            self._poll.modify(connection.socket, select.EPOLLIN)
            self._send(connection, connection.due, connection.request)
            return
        try:
            received = connection.socket.recv(_BYTES)
        except BlockingIOError:
            return
        except OSError:
            received = b""
        if not received:
            self._ended(connection)
            return
        connection.data += received
        connection.head = connection.head or head_of(connection.data)
        if connection.head is not None and is_whole(connection.head, connection.data):
            self._answered(connection, connection.head)

    def _answered(self, connection: _Connection, head: Head) -> None:
        self._record(connection, status=head.status, retry_after=head.retry_after)
        connection.due, connection.fresh = None, False
        if head.closes:
            self._drop(connection)
        else:
            self._idle.append(connection)
        self._again()

    def _ended(self, connection: _Connection) -> None:
        """Act on the end of a connection; a kept one that the server closed meanwhile is replaced, as clients do."""
        self._drop(connection)
        if connection.due is None:
            self._idle.remove(connection)
        elif not connection.fresh and not connection.data:
            self._connect(connection.due, connection.request)
        else:
            head = connection.head
            whole = head is not None and head.length is None and not head.chunked
            status, retry_after = (head.status, head.retry_after) if head is not None and whole else (0, False)
            self._record(connection, status=status, retry_after=retry_after)
            self._again()

    def _again(self) -> None:
        now = time.monotonic()
        if self._rate is None and now < self._end_at:
            self._arrive(now)

    def _drop(self, connection: _Connection) -> None:
        del self._open[connection.socket.fileno()]
        connection.socket.close()

    def _record(self, connection: _Connection, *, status: int, retry_after: bool) -> None:
        if connection.due is not None:
            seconds = time.monotonic() - connection.due
            self.answers.append((connection.due - self._began_at, seconds, status, retry_after))


def main() -> None:
    """Run the plan on standard input and print what was seen."""
    plan = json.load(sys.stdin)
    requests = itertools.cycle([get(plan["path"], token) for token in plan["tokens"]])
    run = _Run(plan["port"], requests, rate=plan["rate"], seconds=plan["seconds"], connections=plan["connections"])
    goes_first = _go_first()
    # No pauses of its own: nothing here makes cycles.
    gc.disable()
    run.run()
    json.dump(
        {
            "answers": run.answers,
            "late": run.late,
            "unsent": run.unsent,
            "goes_first": goes_first,
        },
        sys.stdout,
    )


def _go_first() -> bool:
    """Let the kernel run this before everything else if it may: clients are on other machines, and never wait for us.

    Niceness does not do it: the kernel weighs it within a session only.
    """
    try:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))
    except PermissionError:
        return False
    return True


if __name__ == "__main__":
    main()
