"""The errors as clients get them: RFC 9457 problem documents."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.http import JsonResponse

CONTENT_TYPE = "application/problem+json"
# What a supervisor asks, whatever else is refused.
PROBES = ("/healthz", "/readyz", "/metrics")


def problem(status: int, detail: str, errors: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """Return a problem document; `type` is about:blank, `title` the status's own phrase (RFC 9457, 4.2.1)."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return body if errors is None else {**body, "errors": dict(errors)}


def problem_response(status: int, detail: str, *, retry: bool = False) -> JsonResponse:
    """Return a problem as an answer; with `retry` it says to come back in a second."""
    headers = {"Retry-After": "1"} if retry else None
    return JsonResponse(problem(status, detail), status=status, content_type=CONTENT_TYPE, headers=headers)
