"""This file holds the errors as clients get them: RFC 9457 problem documents."""

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.views import defaults
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

CONTENT_TYPE = "application/problem+json"
# The name under which errors stand that belong to no single field.
_WHOLE = "request"


def problem(status: int, detail: str, errors: Mapping[str, list[str]] | None = None) -> dict[str, Any]:
    """Return a problem document; `type` is about:blank, `title` the status's own phrase (RFC 9457, 4.2.1)."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return body if errors is None else {**body, "errors": dict(errors)}


def exception_handler(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """Answer an exception that a DRF view raised; None, so that it passes on, for one that is not meant for clients."""
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    if not isinstance(error, exceptions.APIException):
        return None
    headers = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(max(1, round(wait)))
    set_rollback()
    if isinstance(error, exceptions.ValidationError):
        errors = dict(_flat(error.detail))
        body = problem(error.status_code, f"Wrong: {', '.join(errors)}. See errors.", errors)
    else:
        body = problem(error.status_code, str(error.detail))
    return Response(body, status=error.status_code, headers=headers, content_type=CONTENT_TYPE)


def _flat(detail: Any, name: str = "") -> Iterable[tuple[str, list[str]]]:
    """Yield each field's messages; a field inside another is named outer.inner, an item by its place from 0."""
    if isinstance(detail, Mapping):
        for key, value in detail.items():
            if key == "non_field_errors":
                yield from _flat(value, name)
            else:
                yield from _flat(value, f"{name}.{key}" if name else str(key))
    elif any(isinstance(item, list | Mapping) for item in detail):
        for place, item in enumerate(detail):
            if item:
                yield from _flat(item, f"{name}.{place}" if name else str(place))
    else:
        yield name or _WHOLE, [str(message) for message in detail]


def _answer(status: int, detail: str) -> HttpResponse:
    return JsonResponse(problem(status, detail), status=status, content_type=CONTENT_TYPE)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an unknown address; below the admin, which people read, with a page."""
    if request.path.startswith("/admin/"):
        return defaults.page_not_found(request, exception or Http404())
    return _answer(404, "There is nothing at this address. GET /schema lists what there is.")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django itself refuses, one for a host name that is not ours for example."""
    return _answer(400, "The request is malformed or names a host that is not served here.")


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that a view outside the API forbids."""
    if request.path.startswith("/admin/"):
        return defaults.permission_denied(request, exception or PermissionDenied())
    return _answer(403, "You may not do this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form or a script that posted with a session but without its CSRF token."""
    return _answer(403, "CSRF check failed. Reload the page, or send the cookie csrftoken as the header X-CSRFToken.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer when the fault is ours."""
    return _answer(500, "Something went wrong on our side. It has been logged.")
