"""This file holds the worker class that serves: it answers 503 at once to more requests than it can work on."""

import json
from concurrent.futures import Future
from contextlib import suppress
from selectors import EVENT_READ
from typing import Any

from config.http.worker import Connection, PatientWorker

# Threads beyond the limit, so that a probe is answered while every other thread waits for the database.
PROBE_THREADS = 2
_PROBES = (b"GET /healthz", b"GET /readyz", b"GET /metrics", b"HEAD /healthz", b"HEAD /readyz")
_BODY = json.dumps(
    {"type": "about:blank", "title": "Service Unavailable", "status": 503, "detail": "Too many requests at once."}
)
_ANSWER = (
    "HTTP/1.1 503 Service Unavailable\r\nContent-Type: application/problem+json\r\nRetry-After: 1\r\n"
    f"Cache-Control: private, no-store\r\nContent-Length: {len(_BODY)}\r\nConnection: %s\r\n\r\n{_BODY}"
)
_KEEP, _CLOSE = ((_ANSWER % word).encode() for word in ("keep-alive", "close"))


class AdmittingWorker(PatientWorker):
    """A PatientWorker with a limit on the requests in flight, of threads less PROBE_THREADS.

    Beyond it the poll loop itself answers: a refusal costs neither a thread nor Django, so that it comes at once and
    leaves the processor to the requests that were let in.
    """

    in_flight = 0

    def enqueue_req(self, conn: Connection) -> None:
        """Give a request to a thread, or refuse it; probes are let in always."""
        head = conn.pieces[0]
        if self.in_flight < self.cfg.threads - PROBE_THREADS or head.startswith(_PROBES):
            self.in_flight += 1
            super().enqueue_req(conn)
            return
        # Here, because metrics need Django's settings, and workers are loaded before these.
        from config.http import metrics

        metrics.REFUSED.labels("busy").inc()
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

    def finish_request(self, conn: Connection, fs: "Future[Any]") -> None:
        """Go on with a connection that a thread has finished with."""
        self.in_flight -= 1
        super().finish_request(conn, fs)
