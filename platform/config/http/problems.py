"""Problem documents (RFC 9457), and the pages that people get instead."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string

from config.http.policy import POLICY

CONTENT_TYPE = "application/problem+json"
# What a supervisor asks, whatever else is refused.
PROBES = ("/healthz", "/readyz", "/metrics")


@dataclass(frozen=True)
class ProblemType:
    """A kind of problem: its HTTP status, what it means and what to do about it, for people and programmers."""

    status: int
    meaning: str
    remedy: str


# By code. Clients compare codes, so that a code keeps its meaning and is never removed. Exceptions have them as
# `default_code`; those of Django REST framework's own exceptions are its.
PROBLEM_TYPES = {
    "invalid": ProblemType(
        400, "A field or parameter is wrong, unknown, repeated or missing.", "Correct what the member errors names."
    ),
    "parse_error": ProblemType(
        400, "The body is not valid JSON.", "Send JSON as RFC 8259 defines it, in UTF-8, with each name once."
    ),
    "bad_request": ProblemType(
        400, "The request is malformed or names a host that is not served here.", "Check the address and the headers."
    ),
    "not_authenticated": ProblemType(401, "Nobody is signed in.", "Sign in, or send a token as a bearer token."),
    "authentication_failed": ProblemType(
        401,
        "The user name or password is wrong, the token is unknown, revoked or expired, or the account was deleted.",
        "Sign in again. POST /tokens returns a new token.",
    ),
    "permission_denied": ProblemType(
        403, "This account does not have the permission that is needed.", "Ask an administrator for it."
    ),
    "csrf_failed": ProblemType(
        403,
        "The form is too old, or the CSRF token is missing.",
        "Go back, reload the page and send the form again. A script sends the cookie csrftoken as the header "
        "X-CSRFToken.",
    ),
    "not_found": ProblemType(
        404, "There is nothing at this address, or nothing with this id.", "Check the address: it may be old."
    ),
    "method_not_allowed": ProblemType(
        405, "The address does not take this method.", "Use a method that the header Allow lists."
    ),
    "not_acceptable": ProblemType(
        406, "The header Accept leaves out every format that there is.", "Accept application/json."
    ),
    "conflict": ProblemType(409, "The request would leave the data in a forbidden state.", "See the detail."),
    "gone": ProblemType(
        410,
        "The list that this cursor continues is no longer stored, or an earlier release made the cursor.",
        "Start again without a cursor."
    ),
    "body_too_large": ProblemType(413, "The body is too large.", "Send at most 64 KB."),
    "unsupported_media_type": ProblemType(
        415, "The body is not JSON in UTF-8.", "Send JSON with the header Content-Type: application/json."
    ),
    "idempotency_key_reused": ProblemType(
        422, "The Idempotency-Key was used for another request.", "Use a new key for each request."
    ),
    "throttled": ProblemType(
        429, "There were too many requests from this account or network.",
        "Wait a moment and try again. The header Retry-After says how many seconds.",
    ),
    "headers_too_large": ProblemType(431, "The address or a header is too long.", "Send at most 8 KB."),
    "server_error": ProblemType(500, "Something went wrong on our side. It has been logged.", "Try again later."),
    "busy": ProblemType(
        503, "There is too much to do at the moment.", "Try again in a few seconds, with the same Idempotency-Key."
    ),
    "timeout": ProblemType(
        503, "The database took too long.", "Try again in a few seconds, with the same Idempotency-Key."
    ),
    "database_unavailable": ProblemType(
        503, "The database does not answer at the moment.", "Try again in a few seconds, with the same Idempotency-Key."
    ),
    "unavailable": ProblemType(503, "A part of the service is not available at the moment.", "Try again later."),
}  # fmt: skip
# For exceptions with a code of their own that is not listed here.
_BY_STATUS = {problem_type.status: code for code, problem_type in reversed(PROBLEM_TYPES.items())}


def code_for(code: object, status: int) -> str:
    """Return a code that PROBLEM_TYPES has under this status: the given one, else the status's first."""
    listed = PROBLEM_TYPES.get(str(code))
    if listed is not None and listed.status == status:
        return str(code)
    return _BY_STATUS.get(status, "bad_request" if status < 500 else "server_error")


def problem(
    code: str, detail: str, errors: Mapping[str, list[str]] | None = None, *, status: int | None = None
) -> dict[str, Any]:
    """Return a problem document: `type` is the URI of the code's explanation, `title` the status's own phrase.

    The URI has no host, so that it is the same on every host and can be written without a request.
    """
    status = status or PROBLEM_TYPES[code].status
    body: dict[str, Any] = {
        "type": f"/problems#{code}",
        "code": code,
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    return body if errors is None else {**body, "errors": dict(errors)}


def accepts_page(accept: str) -> bool:
    """Return whether an Accept header names HTML; a client that takes anything (`*/*`) gets JSON."""
    return "text/html" in accept.lower()


def page_of(code: str, instead: str = "") -> str:
    """Return the page for people about a problem; `instead` is an address that may be the one they meant.

    It is rendered without the request: a page about an outage must not need the session, which is in the database.
    """
    problem_type = PROBLEM_TYPES[code]
    context = {"title": HTTPStatus(problem_type.status).phrase, "problem_type": problem_type, "instead": instead}
    return render_to_string("config/error.html", context)


def retry_after(seconds: float) -> dict[str, str]:
    """Return the header that says after how many whole seconds, one at least, to try again."""
    return {"Retry-After": str(max(1, math.ceil(seconds)))}


def problem_response(
    request: HttpRequest | None, code: str, detail: str, *, instead: str = "", headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Return a problem as an answer: as a page if the request's Accept names HTML, else as a problem document.

    A problem that passes by itself (503) says to come back in a second.
    """
    status = PROBLEM_TYPES[code].status
    headers = {**(retry_after(1) if status == 503 else {}), **(headers or {})}
    if request is not None and accepts_page(request.headers.get("Accept", "")):
        return HttpResponse(
            page_of(code, instead), status=status, headers={**headers, "Content-Security-Policy": POLICY}
        )
    return JsonResponse(problem(code, detail), status=status, content_type=CONTENT_TYPE, headers=headers)
