"""A limit on the requests in flight in a process: a WSGI wrapper that answers 503 beyond it."""

import json
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from threading import Semaphore
from typing import Any

from config.http import metrics
from config.http.caching import NO_STORE
from config.http.policy import POLICY
from config.http.problems import CONTENT_TYPE, PROBES, accepts_page, page_of, problem

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


class InFlightLimit:
    """Works on `limit` requests at once and refuses further ones at once, without Django. Probes are let in always."""

    def __init__(self, application: Application, limit: int) -> None:
        """Wrap an application."""
        self._application = application
        self._places = Semaphore(limit)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer a request."""
        if environ["PATH_INFO"] in PROBES:
            return self._application(environ, start_response)
        if not self._places.acquire(blocking=False):
            metrics.REFUSED.labels("busy").inc()
            body, headers = _refusal(as_page=accepts_page(environ.get("HTTP_ACCEPT", "")))
            start_response("503 Service Unavailable", list(headers))
            return [body]
        try:
            parts = self._application(environ, start_response)
        except BaseException:
            self._places.release()
            raise
        answer = _Answer(parts, self._places.release)
        if getattr(parts, "streaming", False):
            return answer
        try:
            return [b"".join(parts)]
        finally:
            answer.close()


@cache
def _refusal(*, as_page: bool) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    if as_page:
        body, described = page_of("busy"), [("Content-Type", "text/html; charset=utf-8")]
        described.append(("Content-Security-Policy", POLICY))
    else:
        body, described = json.dumps(problem("busy", "Too many requests at once.")), [("Content-Type", CONTENT_TYPE)]
    length = str(len(body.encode()))
    return body.encode(), (
        *described, ("Content-Length", length), ("Cache-Control", NO_STORE), ("Retry-After", "1"),
    )  # fmt: skip


class _Answer:
    """An answer whose request is in flight until it is closed, or forgotten: servers need not close it on errors."""

    def __init__(self, parts: Iterable[bytes], leave: Callable[[], None]) -> None:
        self.parts = parts
        self._leave: Callable[[], None] | None = leave

    def __iter__(self) -> Iterator[bytes]:
        return iter(self.parts)

    def close(self) -> None:
        leave, self._leave = self._leave, None
        if leave is not None:
            try:
                getattr(self.parts, "close", lambda: None)()
            finally:
                leave()

    __del__ = close
