"""The id, the timing, the line in the log and the metrics of each request."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from http import HTTPStatus
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connections
from django.http import HttpRequest, HttpResponse
from django.utils.functional import empty

from config.http import metrics
from config.http.logs import REQUEST_ID

# What a proxy may send along; anything else could forge lines in somebody's log.
_ACCEPTED_ID = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = logging.getLogger("marquee.requests")


class _Statements:
    """Counts and times what is sent to the database."""

    def __init__(self) -> None:
        self.number = 0
        self.seconds = 0.0

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        started_at = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.number += 1
            self.seconds += time.perf_counter() - started_at


class ObservingMiddleware:
    """Outermost, so that it sees every answer: X-Request-ID and Server-Timing, one line in the log, the metrics."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request and tell of it."""
        started_at = time.perf_counter()
        statements = _Statements()
        request_id = _id_of(request)
        token = REQUEST_ID.set(request_id)
        metrics.IN_FLIGHT.inc()
        try:
            with ExitStack() as stack:
                for connection in connections.all():
                    stack.enter_context(connection.execute_wrapper(statements))
                response = self.get_response(request)
            seconds = time.perf_counter() - started_at
            response["X-Request-ID"] = request_id
            timing = (
                f'db;dur={statements.seconds * 1000:.2f};desc="{statements.number} statements"',
                # What a view has to add.
                *((response["Server-Timing"],) if response.has_header("Server-Timing") else ()),
                f"total;dur={seconds * 1000:.2f}",
            )
            response["Server-Timing"] = ", ".join(timing)
            _record(request, response, statements, seconds)
        finally:
            metrics.IN_FLIGHT.dec()
            REQUEST_ID.reset(token)
        return response


def _id_of(request: HttpRequest) -> str:
    sent = request.headers.get("X-Request-ID", "")
    return sent if _ACCEPTED_ID.fullmatch(sent) else uuid.uuid4().hex


def _record(request: HttpRequest, response: HttpResponse, statements: _Statements, seconds: float) -> None:
    if response.status_code == HTTPStatus.TOO_MANY_REQUESTS:
        metrics.REFUSED.labels("throttled").inc()
    # Never the address itself: what is searched for, and tokens of calendars, stand in it.
    route = request.resolver_match.route if request.resolver_match else ""
    ranker = getattr(response, "ranker", "")
    metrics.LATENCY.labels(route, ranker).observe(seconds)
    # One series for all that clients invent: each that is new would be kept for ever.
    method = request.method if request.method in _METHODS else "other"
    metrics.ANSWERS.labels(method, route, response.status_code).inc()
    if statements.number:
        metrics.STATEMENTS.labels(route).inc(statements.number)
        metrics.STATEMENT_SECONDS.labels(route).inc(statements.seconds)
    if _log.isEnabledFor(logging.INFO):
        _log.info(
            "%s %s %s",
            method,
            route,
            response.status_code,
            extra={
                "method": method,
                "route": route,
                "status": response.status_code,
                "user_id": _user_id(request),
                "ranker": ranker or None,
                "ms": round(seconds * 1000, 2),
                "statements": statements.number,
                "database_ms": round(statements.seconds * 1000, 2),
            },
        )


def _user_id(request: HttpRequest) -> int | None:
    """Return who is signed in, if that was asked for at all: a log line alone is no reason for a statement."""
    user = getattr(request, "user", None)
    known = getattr(user, "_wrapped", user)
    return known.pk if known is not empty and isinstance(known, AbstractBaseUser) else None
