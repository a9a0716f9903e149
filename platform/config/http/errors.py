"""The answers to errors, wherever they arise."""

import sys
from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from django.contrib.auth import logout
from django.contrib.sessions.exceptions import SessionInterrupted
from django.core.exceptions import DisallowedHost, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import Resolver404, resolve
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from config.http.outages import answer_to
from config.http.problems import CONTENT_TYPE, PROBLEM_TYPES, code_for, problem, problem_response, retry_after
from config.http.rendering import JSONRenderer
from users.models import UserDeleted

# The name under which errors stand that belong to no single field.
_WHOLE = "request"
_CSRF = "csrf_failed"
# A problem stays under 4 KB, whatever is sent: so many errors, of so many characters each.
_MAX_ERRORS = 15
_MAX_CHARACTERS = 200


def exception_handler(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """Answer an exception that a DRF view raised; None, so that it passes on, for one that is not meant for clients."""
    if (refusal := answer_to(error)) is not None:
        set_rollback()
        return refusal
    if isinstance(error, Http404):
        error = exceptions.NotFound(str(error) or None)
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied(str(error) or None)
    if not isinstance(error, exceptions.APIException):
        return None
    headers: dict[str, str] = {}
    if challenge := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if wait := getattr(error, "wait", None):
        headers |= retry_after(wait)
    set_rollback()
    if isinstance(error, exceptions.ValidationError):
        body = _invalid(dict(_flat(error.detail)))
    else:
        code = _CSRF if str(error.detail).startswith("CSRF Failed") else error.default_code
        code = code_for(code, error.status_code)
        body = problem(code, str(error.detail)[:_MAX_CHARACTERS], status=error.status_code)
    # Views that answer with something else, /docs with a page for example, answer with problems as JSON, too.
    if (request := context.get("request")) is not None:
        request.accepted_renderer, request.accepted_media_type = JSONRenderer(), JSONRenderer.media_type
    return Response(body, status=error.status_code, headers=headers, content_type=CONTENT_TYPE)


def _invalid(errors: dict[str, list[str]]) -> dict[str, Any]:
    shown = {
        name[:_MAX_CHARACTERS]: [message[:_MAX_CHARACTERS] for message in messages[:3]]
        for name, messages in islice(errors.items(), _MAX_ERRORS)
    }
    names = ", ".join(name[:30] for name in islice(shown, 5))
    more = f" and {len(errors) - 5} more" if len(errors) > 5 else ""
    return problem("invalid", f"Wrong: {names}{more}. See errors.", shown)


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


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer an unknown address, and name the one without a slash at the end if that is known."""
    shorter = request.path.rstrip("/")
    if request.path.endswith("/") and _is_known(shorter):
        return problem_response(
            request, "not_found", f"Addresses have no slash at the end: this one is {shorter}.", instead=shorter
        )
    return problem_response(request, "not_found", "There is nothing at this address. GET /schema lists what there is.")


def _is_known(path: str) -> bool:
    try:
        # Unknown ones have the last route, which is empty.
        return resolve(path).route != ""
    except Resolver404:
        return False


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that Django itself refuses, one for a host name that is not ours for example."""
    if isinstance(exception, SessionInterrupted):
        return problem_response(request, "bad_request", "The session ended during this request. Sign in again.")
    detail = "The request is malformed or names a host that is not served here."
    return problem_response(request, "bad_request", detail)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Answer a request that a view outside the API forbids."""
    return problem_response(request, "permission_denied", "You may not do this.")


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form or a script that posted with a session but without its CSRF token."""
    detail = "CSRF check failed. Reload the page, or send the cookie csrftoken as the header X-CSRFToken."
    return problem_response(request, _CSRF, detail)


def server_error(request: HttpRequest | None) -> HttpResponse:
    """Answer when the fault is ours, or the database's: middleware fails outside the views."""
    error = sys.exc_info()[1]
    refusal = answer_to(error, request) if error is not None else None
    detail = "Something went wrong on our side. It has been logged."
    return refusal or problem_response(request, "server_error", detail)


class ErrorMiddleware:
    """Answers what Django would answer with a page or with nothing: a host that is not served here, and a bare 405."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        try:
            request.get_host()
        except DisallowedHost as error:
            return bad_request(request, error)
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            kept = {name: value for name, value in response.items() if not name.startswith("Content-")}
            detail = f"This address takes {response['Allow']}."
            return problem_response(request, "method_not_allowed", detail, headers=kept)
        return response

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer what a page does not find, which Django answers with a page of its own while DEBUG is on.

        End the session of a user who was deleted while a view was about to save them: at sign-in, for example.
        """
        if isinstance(exception, Http404):
            return problem_response(request, "not_found", str(exception) or PROBLEM_TYPES["not_found"].meaning)
        if not isinstance(exception, UserDeleted):
            return None
        logout(request)
        return problem_response(request, "authentication_failed", "This account has been deleted.")
