"""The parts of the OpenAPI document that drf-spectacular cannot derive: summaries, errors, headers, examples."""

import re
from collections.abc import Iterator
from typing import Any

from drf_spectacular import openapi

from api.permissions import ReadableByVisitors
from config.http.problems import CONTENT_TYPE, PROBLEM_TYPES, problem

_OPEN = "Open to visitors while the server's setting PUBLIC_BROWSING is on; else 401 to whoever is not signed in."


class AutoSchema(openapi.AutoSchema):
    """The description of an operation by its view's docstring, with the body of a DELETE where one is declared."""

    def get_summary(self) -> str:
        """Return the beginning of the description, up to the first stop, colon or semicolon."""
        return re.split(r"[.:;](?:\s|$)", self.get_description(), maxsplit=1)[0]

    def get_tags(self) -> list[str]:
        """Return the first part of the path, without an extension."""
        return [super().get_tags()[0].partition(".")[0]]

    def get_auth(self) -> list[Any]:
        """Return how to authenticate; not at all, too, where PUBLIC_BROWSING opens an operation to visitors."""
        ways: list[Any] = super().get_auth()
        permissions = self.view.get_permissions() if self.method == "GET" else ()
        is_open = any(isinstance(permission, ReadableByVisitors) for permission in permissions)
        return [*ways, {}] if is_open else ways

    def get_request_serializer(self) -> Any:
        """Return what a body is read by; nothing for a DELETE that declares none."""
        return None if self.method == "DELETE" else super().get_request_serializer()

    def _get_request_body(self, direction: str = "request") -> Any:
        parent: Any = super()
        if self.method != "DELETE" or self.get_request_serializer() is None:
            return parent._get_request_body(direction)
        self.method = "POST"
        try:
            return parent._get_request_body(direction)
        finally:
            self.method = "DELETE"


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
# Name: description, an example, and whether it is always there. In every answer of an operation:
_HEADERS: dict[str, tuple[str, str | int, bool]] = {
    "X-Request-ID": ("The request's id, by which the log names it; a proxy may send one.", "4f1c9d0e", False),
    "Server-Timing": ("How long the answer took, in milliseconds.", "total;dur=3.40", False),
    "Cache-Control": ("Whether the answer may be stored.", "private, no-store", False),
    "RateLimit-Policy": (
        "The limit on requests (draft-ietf-httpapi-ratelimit-headers-11): q requests in w seconds.",
        '"requests";q=3000;w=60', False,
    ),
    "RateLimit": (
        "How many requests may be made now (r), and after how many seconds there are more (t).",
        '"requests";r=2999;t=1', False,
    ),
    # In some:
    "Retry-After": ("After how many seconds to try again.", 1, True),
    "WWW-Authenticate": ("How to authenticate.", "Bearer", True),
    "Idempotency-Replayed": ("true: the first answer to this Idempotency-Key, once more.", "true", False),
    "Content-Disposition": ("The name of the file.", 'attachment; filename="marquee-1.json"', False),
}  # fmt: skip
_EVERYWHERE = ("X-Request-ID", "Server-Timing", "Cache-Control", "RateLimit-Policy", "RateLimit")
# Those of successful answers of single operations.
_OF_OPERATION = {
    "interactions_create": ("Idempotency-Replayed",),
    "interactions_batch_create": ("Idempotency-Replayed",),
    "users_me_export": ("Content-Disposition",),
}
# Examples of strings and numbers, by the name of the property; by its type for others.
_EXAMPLES: dict[str, Any] = {
    "title": "Fado Night at Casa Lusa", "description": "Two singers, three guitars.", "tags": "fado",
    "locationName": "Casa Lusa", "address": "Rua dos Remédios 139, 1100-453 Lisboa", "timeZone": "Europe/Lisbon",
    "min": 10, "max": 12.5, "currency": "EUR", "language": "pt", "minimumAge": 18,
    "name": "Casa Lusa", "latitude": 38.71, "longitude": -9.13, "username": "ana",
    "email": "ana@example.org", "displayName": "Ana", "password": "correct horse battery staple",
    "token": "0123456789abcdef", "url": "https://example.org/fado", "next": "https://example.org/recommendations?cursor=W10",
    "category": "music", "endAt": "2026-05-01T22:00:00Z",
    "text": "You like music.", "signal": "interest", "ranker": "heuristic", "eventId": 1, "similarity": 0.8123,
}  # fmt: skip
# Status: name, description, headers. Names are ours: those of the standard library change with Python's version.
_ERRORS: dict[int, tuple[str, str, tuple[str, ...]]] = {
    400: ("BadRequest", "Something sent is malformed, unknown or out of range.", ()),
    401: ("Unauthorized", "Nobody is signed in, or the token or password is wrong.", ("WWW-Authenticate",)),
    403: ("Forbidden", "A permission is missing, or with a session the CSRF token.", ()),
    404: ("NotFound", "There is nothing with this id.", ()),
    406: ("NotAcceptable", "The header Accept leaves out what there is: JSON, or a calendar.", ()),
    409: ("Conflict", "It would leave things in a state that is not allowed.", ()),
    410: ("Gone", "What this goes on with is kept no longer.", ()),
    413: ("TooLarge", "The body is larger than 64 KB.", ()),
    415: ("UnsupportedMediaType", "The body is not JSON in UTF-8.", ()),
    422: ("KeyReused", "The Idempotency-Key was used for another request.", ()),
    429: ("TooManyRequests", "Too often.", ("Retry-After",)),
    503: ("Unavailable", "Too much at once, or the database does not answer.", ("Retry-After",)),
}


def complete(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Add errors, headers and examples to each operation: a postprocessing hook of drf-spectacular."""
    components = result["components"]
    components["schemas"]["Problem"] = _PROBLEM
    components["headers"] = {
        name: {
            "description": description,
            "schema": {"type": "integer" if isinstance(example, int) else "string"},
            "example": example,
            **({"required": True} if is_required else {}),
        }
        for name, (description, example, is_required) in _HEADERS.items()
    }
    components["responses"] = {
        name: {
            "description": description,
            "content": {CONTENT_TYPE: {"schema": _REFERENCE, "example": _problem_example(status)}},
            "headers": _headers(*headers),
        }
        for status, (name, description, headers) in _ERRORS.items()
    }
    for methods in result["paths"].values():
        for method, operation in methods.items():
            errors = set(_statuses_of(method, operation))
            if {} in operation.get("security", ()):
                operation["description"] += f"\n\n{_OPEN}"
            for answer in operation["responses"].values():
                answer.setdefault("headers", {}).update(_headers(*_OF_OPERATION.get(operation["operationId"], ())))
                answer["description"] = answer["description"] or "Done."
                for content in answer.get("content", {}).values():
                    content["example"] = _example(content["schema"], components["schemas"], hidden="writeOnly")
            for content in operation.get("requestBody", {}).get("content", {}).values():
                content["example"] = _example(content["schema"], components["schemas"], hidden="readOnly")
            for status in errors:
                operation["responses"][str(status)] = {"$ref": f"#/components/responses/{_ERRORS[status][0]}"}
            operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def _headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*_EVERYWHERE, *names)}


def _problem_example(status: int) -> dict[str, Any]:
    code = next(code for code, problem_type in PROBLEM_TYPES.items() if problem_type.status == status)
    example = problem(code, PROBLEM_TYPES[code].meaning)
    # Not the standard library's phrase, which changes with Python's version.
    return {**example, "title": re.sub(r"(?<=[a-z])(?=[A-Z])", " ", _ERRORS[status][0])}


def _example(schema: dict[str, Any], schemas: dict[str, Any], name: str = "", *, hidden: str) -> Any:
    """Return a value that a schema allows, after the property's name; without properties that are `hidden`."""
    if reference := schema.get("$ref"):
        return _example(schemas[reference.rpartition("/")[2]], schemas, name, hidden=hidden)
    for combination in ("allOf", "oneOf", "anyOf"):
        if combination in schema:
            return _example(schema[combination][0], schemas, name, hidden=hidden)
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        properties = schema.get("properties", {}).items()
        return {
            each: _example(value, schemas, each, hidden=hidden) for each, value in properties if hidden not in value
        }
    if kind == "array":
        return [_example(schema["items"], schemas, name, hidden=hidden)]
    if name in _EXAMPLES:
        return _EXAMPLES[name]
    if schema.get("format") == "date-time":
        return "2026-05-01T19:30:00Z"
    return {"integer": 1, "number": 0.5, "boolean": True}.get(kind, "text")


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
