"""This file holds the worker class that serves: it answers 503 at once to more requests than it can work on."""

import sys
import time
from concurrent.futures import Future
from contextlib import suppress
from selectors import EVENT_READ
from typing import Any

from config.http.refusal import refusal
from config.http.shares import SHARES
from config.http.turns import Turns
from config.http.worker import Connection, PatientWorker

# Threads beyond the limit, so that a probe is answered while every other thread waits for the database.
PROBE_THREADS = 2
# For each thread, how many requests may wait for one. More would only be answered later, not more of them.
WAITING_PER_THREAD = 2
# While threads wait for the database, nobody else should wait for the threads.
WAITING_SECONDS = 0.25
# Who comes when the line is this slow is refused at once rather than after waiting.
LATE_SECONDS = 0.12
# Of clients that have asked on before they were answered; fewer than the connections that a worker may have.
UNHURRIED, UNHURRIED_SECONDS = 64, 5.0
SWITCH_SECONDS = 0.001
# What a worker with fewer connections has to accept a client first. It sleeps when it has nothing to do.
HEAD_START_SECONDS = 0.001
_PROBES = (b"GET /healthz", b"GET /readyz", b"GET /metrics", b"HEAD /healthz", b"HEAD /readyz")
_KEEP, _CLOSE = (refusal(503, "Too many requests at once.", keep=keep, retry_after=1) for keep in (True, False))


class AdmittingWorker(PatientWorker):
    """A PatientWorker with a limit on the requests in flight: as many as threads work on, and twice that wait.

    Addresses take turns in the line, so that a flood from one of them delays its own requests; behind a proxy there is
    one address, and connections take turns. Beyond the limit the poll loop itself answers: a refusal costs neither a
    thread nor Django, so that it comes at once and leaves the processor to the requests that were let in. Connections
    go to the worker that has fewest, so that none refuses what another has room for.

    A client that has asked on before it was answered (HTTP pipelining, which no browser does) is in no hurry: such are
    served one at a time, when nobody else waits. Dozens of them together cost others no more than one does.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what gunicorn gives a worker."""
        super().__init__(*args, **kwargs)
        self.free = self.cfg.threads - PROBE_THREADS
        # The poll loop gives up the interpreter's lock at each system call. With Python's 5 ms it would then wait for
        # every busy thread in turn, and refusals would come late.
        sys.setswitchinterval(SWITCH_SECONDS)
        # Since the last poll.
        self.refused = 0
        self.turns: Turns[Connection] = Turns(self.free * WAITING_PER_THREAD, WAITING_SECONDS, late=LATE_SECONDS)
        self.unhurried: Turns[Connection] = Turns(UNHURRIED, UNHURRIED_SECONDS)
        self.serves_unhurried = False

    def accept(self, listener: Any) -> None:
        """Accept a connection, unless a worker that has fewer comes first."""
        if SHARES.is_above_least(self.nr_conns):
            time.sleep(HEAD_START_SECONDS)
        super().accept(listener)
        SHARES.tell(self.age, self.nr_conns)

    def enqueue_req(self, conn: Connection) -> None:
        """Give a request to a thread, let it wait for one, or refuse it; probes wait for nobody."""
        conn.is_unhurried = bool(conn.inbox.received)
        conn.is_probe = not conn.is_unhurried and conn.pieces[0].startswith(_PROBES)
        if conn.is_probe:
            super().enqueue_req(conn)
            return
        line = self.unhurried if conn.is_unhurried else self.turns
        leaving = line.add(conn.client[0] if isinstance(conn.client, tuple) else conn.client, conn)
        if leaving is not None:
            self._turn_away(leaving)
        self._let_in()

    def finish_request(self, conn: Connection, fs: "Future[Any]") -> None:
        """Go on with a connection that a thread has finished with, after who waits for the thread."""
        if not conn.is_probe:
            self.free += 1
            self.serves_unhurried &= not conn.is_unhurried
            self._let_in()
        super().finish_request(conn, fs)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Wait for less long while requests wait for threads, so that none is refused much later than it should be."""
        super().wait_for_and_dispatch_events(min(timeout, WAITING_SECONDS / 4) if self.turns else timeout)

    def murder_pending(self) -> None:
        """Refuse what has waited too long for a thread, as well as what else waits too long; after each poll."""
        SHARES.tell(self.age, self.nr_conns)
        for connection in (*self.turns.overdue(), *self.unhurried.overdue()):
            self._turn_away(connection)
        if self.refused:
            # Here, because metrics need Django's settings, and workers are loaded before these.
            from config.http import metrics

            metrics.REFUSED.labels("busy").inc(self.refused)
            self.refused = 0
        super().murder_pending()

    def _let_in(self) -> None:
        """Give requests that wait to threads that do not."""
        while self.free:
            following = self.turns.take()
            if following is None and not self.serves_unhurried:
                following = self.unhurried.take()
            if following is None:
                return
            self.free -= 1
            self.serves_unhurried |= following.is_unhurried
            super().enqueue_req(following)

    def _turn_away(self, conn: Connection) -> None:
        self.refused += 1
        head = conn.pieces[0]
        conn.pieces.clear()
        # One that sends on without reading is closed: going on with each of its requests could be endless.
        keep = not conn.inbox.received and b" HTTP/1.1\r\n" in head and b"\r\nconnection: close" not in head.lower()
        with suppress(OSError):
            conn.socket.send(_KEEP if keep else _CLOSE)
        if keep:
            self._wait_in(self.idle, conn)
            self._watch(conn, EVENT_READ)
        else:
            self._linger(conn)
