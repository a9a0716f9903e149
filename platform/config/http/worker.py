"""This file holds the worker class of gunicorn that slow and hostile clients cannot exhaust."""

import errno
import time
from collections import OrderedDict, deque
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ, EVENT_WRITE
from socket import SHUT_WR, SO_SNDBUF, SOL_SOCKET, socket
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import STOP_KEEPALIVE_LINGER, ThreadWorker

from config.http.inbox import PIECE_BYTES, Inbox, Outbox, Refused

# Note [Patience]
# gunicorn's gthread gives a connection to a thread as soon as something can be read. The thread then waits for the rest
# of the request, and for the client to read the answer: a few clients with half a header each stop it all. Here the
# poll loop does all the waiting: it collects requests (Inbox), gives whole ones to threads, and sends what is left.
# A connection that waits stands in a Line, where all have the same time; one in no Line is a thread's, or will be.


class Line(OrderedDict["Connection", None]):
    """Connections that wait for the same thing, the one that has waited longest first."""

    def __init__(self, seconds: float) -> None:
        """Let each of them wait this long."""
        super().__init__()
        self.seconds = seconds


class Connection:
    """A client's connection, with the attributes that gunicorn's ThreadWorker.handle expects of its own TConn."""

    # So that handle() neither waits for bytes nor looks for HTTP/2.
    initialized = data_ready = True
    is_http2 = is_probe = is_unhurried = False

    def __init__(self, worker: "PatientWorker", client_socket: socket, client: Any, server: Any) -> None:
        """Take a client that was accepted."""
        client_socket.setblocking(False)
        # Or the kernel takes megabytes for a client that reads none, who is then served again and again.
        client_socket.setsockopt(SOL_SOCKET, SO_SNDBUF, PIECE_BYTES)
        self.socket = client_socket
        self.client = client
        self.server = server
        self.inbox = Inbox()
        # gunicorn's name for where a thread writes the answer.
        self.sock = Outbox(client_socket)
        self.parser = http.get_parser(worker.cfg, iter(self._next_piece, None), client)
        # What gunicorn's parser is still to read of the request that a thread answers, and the end of it, b"".
        self.pieces: deque[bytes] = deque()
        self.keep = False
        self.line: Line | None = None
        self.since = self.deadline = 0.0
        # What the poller watches for, and how many bytes are held here as the worker has counted them.
        self.events = self.held_bytes = 0

    def init(self) -> None:
        """Do nothing: there is no TLS."""

    def _next_piece(self) -> bytes:
        return self.pieces.popleft() if self.pieces else b""


class PatientWorker(ThreadWorker):
    """gunicorn's ThreadWorker, except that no client makes its threads wait. See Note [Patience]."""

    # For a complete request, from its first byte (of a new connection: from its beginning).
    request_seconds = 10.0
    # For a client to read any more of its answer.
    send_seconds = 10.0
    # For a client to close the connection after its last answer.
    linger_seconds = 2.0
    # Of requests and answers in memory.
    memory_bytes = 64 * 1024 * 1024

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what gunicorn gives a worker."""
        super().__init__(*args, **kwargs)
        assert not self.cfg.is_ssl
        self.fresh = Line(self.request_seconds)
        self.idle = Line(self.cfg.keepalive)
        self.flushing = Line(self.send_seconds)
        self.lingering = Line(self.linger_seconds)
        self.lines = (self.fresh, self.idle, self.flushing, self.lingering)
        self.held_bytes = 0

    def accept(self, listener: Any) -> None:
        """Accept a connection, and read from it at once: most clients have sent their request by then."""
        try:
            client_socket, client = listener.accept()
        except OSError as error:
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._drop_longest()
            elif error.errno not in (errno.EAGAIN, errno.ECONNABORTED):
                raise
            return
        self.nr_conns += 1
        connection = Connection(self, client_socket, client, listener.getsockname())
        self._wait_in(self.fresh, connection)
        self._read(connection)
        if connection.line is not None:
            self._watch(connection, EVENT_READ)

    def handle_request(self, req: Any, conn: Connection) -> Any:
        """Answer a request, without gunicorn's own `100 Continue`, which comes too late to collect a body."""
        req._expected_100_continue = False
        return super().handle_request(req, conn)

    def finish_request(self, conn: Connection, fs: "Future[Any]") -> None:
        """Go on with a connection that a thread has finished with."""
        # Whether gunicorn read exactly the request that it was given, neither less nor more.
        in_step = len(conn.pieces) == 1 and not conn.parser.unreader.buf.tell()
        conn.keep = in_step and not fs.cancelled() and fs.exception() is None and bool(fs.result())
        if conn.sock.pieces:
            self._wait_in(self.flushing, conn)
            self._watch(conn, EVENT_WRITE)
        else:
            self._go_on(conn)

    def murder_pending(self) -> None:
        """Close what has waited too long and, when there is too much, what has waited longest; after each poll."""
        for line in self.lines:
            while line and (connection := next(iter(line))).deadline <= time.monotonic():
                if line is self.fresh and connection.inbox.received:
                    self._refuse(connection, Refused(408, f"No complete request in {line.seconds:g} seconds."))
                else:
                    self._drop(connection)
        while self.nr_conns >= self.worker_connections or self.held_bytes > self.memory_bytes:
            if not self._drop_longest():
                break

    def _cap_keepalive(self, deadline: float) -> None:
        for line in self.lines:
            for connection in line:
                connection.deadline = min(connection.deadline, deadline)

    def _leave(self, connection: Connection) -> None:
        if connection.line is not None:
            del connection.line[connection]
            connection.line = None

    def _wait_in(self, line: Line, connection: Connection) -> None:
        self._leave(connection)
        connection.line = line
        connection.since = time.monotonic()
        connection.deadline = connection.since + line.seconds
        if not self.alive:
            connection.deadline = min(connection.deadline, connection.since + STOP_KEEPALIVE_LINGER)
        line[connection] = None
        self._count(connection)

    def _count(self, connection: Connection) -> None:
        held = len(connection.inbox.received) + connection.sock.kept_bytes
        self.held_bytes += held - connection.held_bytes
        connection.held_bytes = held

    def _watch(self, connection: Connection, events: int) -> None:
        if connection.events and not events:
            self.poller.unregister(connection.socket)
        elif connection.events != events:
            change = self.poller.modify if connection.events else self.poller.register
            change(connection.socket, events, partial(self._on_event, connection))
        connection.events = events

    def _on_event(self, connection: Connection, _: Any) -> None:
        if connection.line is None:
            # In a thread's hands, it says more. Only then is it taken from the poller: most never do.
            self._watch(connection, 0)
        elif connection.line is not self.flushing:
            self._read(connection)
        elif connection.sock.flush():
            self._go_on(connection)
        else:
            self._wait_in(self.flushing, connection)

    def _read(self, connection: Connection) -> None:
        try:
            data = connection.socket.recv(PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self._drop(connection)
        elif connection.line is not self.lingering:
            connection.inbox.received += data
            self._take(connection)

    def _take(self, connection: Connection) -> None:
        """Give the connection to a thread if its next request is complete."""
        try:
            pieces = connection.inbox.take()
        except Refused as refused:
            self._refuse(connection, refused)
            return
        if pieces:
            self._leave(connection)
            connection.pieces = deque((*pieces, b""))
            connection.sock.patience_seconds = self.send_seconds
            self.enqueue_req(connection)
            return
        if connection.inbox.owes_continue():
            with suppress(OSError):
                connection.socket.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if connection.line is self.fresh and connection.held_bytes:
            self._count(connection)
        else:
            self._wait_in(self.fresh, connection)

    def _go_on(self, connection: Connection) -> None:
        """Wait for the next request, or for the end if there is to be none."""
        if not connection.keep or connection.sock.broken:
            self._linger(connection)
        else:
            self._wait_in(self.idle, connection)
            self._watch(connection, EVENT_READ)
            if connection.inbox.received:
                self._take(connection)

    def _refuse(self, connection: Connection, refused: Refused) -> None:
        with suppress(OSError):
            connection.socket.send(refused.answer())
        self._linger(connection)

    def _linger(self, connection: Connection) -> None:
        """Close gracefully (RFC 9112, 9.6); gunicorn's close_graceful would stop the poll loop for two seconds."""
        with suppress(OSError):
            connection.socket.shutdown(SHUT_WR)
        connection.inbox.received.clear()
        self._wait_in(self.lingering, connection)
        self._watch(connection, EVENT_READ)

    def _drop(self, connection: Connection) -> None:
        self._leave(connection)
        self._watch(connection, 0)
        connection.sock.break_off()
        connection.socket.close()
        self.held_bytes -= connection.held_bytes
        self.nr_conns -= 1

    def _drop_longest(self) -> bool:
        """Close the connection that has waited longest for something; False if none waits."""
        first = min((next(iter(line)) for line in self.lines if line), key=lambda waits: waits.since, default=None)
        if first is not None:
            self._drop(first)
        return first is not None
