"""How the OpenAPI document describes errors: which ones an operation can give follows from it."""

from collections.abc import Iterator
from typing import Any

from config.http.problems import CONTENT_TYPE, PROBLEM_TYPES

_REFERENCE = {"$ref": "#/components/schemas/Problem"}
_PROBLEM = {
    "type": "object",
    "description": "What went wrong (RFC 9457).",
    "properties": {
        "type": {"type": "string", "format": "uri-reference", "description": "The explanation of the code."},
        "code": {"type": "string", "enum": list(PROBLEM_TYPES), "description": "What to compare: codes never change."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "errors": {
            "type": "object",
            "description": "With bad input: what is wrong with each field or parameter.",
            "additionalProperties": {"type": "array", "items": {"type": "string"}},
        },
    },
    "required": ["type", "code", "title", "status", "detail"],
}
_RETRY_AFTER = {"Retry-After": {"required": True, "description": "In seconds.", "schema": {"type": "integer"}}}
_CHALLENGE = {"WWW-Authenticate": {"required": True, "schema": {"type": "string"}}}
# Status: name, description, headers. Names are ours: those of the standard library change with Python's version.
_ERRORS: dict[int, tuple[str, str, dict[str, Any]]] = {
    400: ("BadRequest", "Something sent is malformed, unknown or out of range.", {}),
    401: ("Unauthorized", "Nobody is signed in, or the token or password is wrong.", _CHALLENGE),
    403: ("Forbidden", "A permission is missing, or with a session the CSRF token.", {}),
    404: ("NotFound", "There is nothing with this id.", {}),
    406: ("NotAcceptable", "The header Accept leaves out what there is: JSON, or a calendar.", {}),
    409: ("Conflict", "It would leave things in a state that is not allowed.", {}),
    410: ("Gone", "What this goes on with is kept no longer.", {}),
    413: ("TooLarge", "The body is larger than 64 KB.", {}),
    415: ("UnsupportedMediaType", "The body is not JSON in UTF-8.", {}),
    422: ("KeyReused", "The Idempotency-Key was used for another request.", {}),
    429: ("TooManyRequests", "Too often.", _RETRY_AFTER),
    503: ("Unavailable", "Too much at once, or the database does not answer.", _RETRY_AFTER),
}


def describe_errors(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add to each operation the errors that it can answer with: a postprocessing hook of drf-spectacular."""
    components = result["components"]
    components["schemas"]["Problem"] = _PROBLEM
    content = {CONTENT_TYPE: {"schema": _REFERENCE}}
    components["responses"] = {
        name: {"description": description, "content": content} | ({"headers": headers} if headers else {})
        for name, description, headers in _ERRORS.values()
    }
    for methods in result["paths"].values():
        for method, operation in methods.items():
            for status in _statuses_of(method, operation):
                answer = {"$ref": f"#/components/responses/{_ERRORS[status][0]}"}
                operation["responses"][str(status)] = answer
    return result


def _statuses_of(method: str, operation: dict[str, Any]) -> Iterator[int]:
    places = {(parameter["in"], parameter["name"]) for parameter in operation.get("parameters", ())}
    yield from (400, 401, 406, 429, 503)
    # Those who need not sign in have no session whose CSRF token could be missing.
    if method != "get" and "security" in operation:
        yield 403
    if any(place == "path" for place, _ in places):
        yield 404
    # What follows from nothing else is declared: 404, too, where the id is in the body.
    yield from (status for status in (404, 409, 410) if str(status) in operation["responses"])
    if "requestBody" in operation:
        yield from (413, 415)
    if ("header", "Idempotency-Key") in places:
        yield 422
