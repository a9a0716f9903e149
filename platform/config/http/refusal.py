"""This file holds the answer to a request that Django never sees, as bytes."""

import json
from http import HTTPStatus


def refusal(status: int, detail: str, *, keep: bool = False, retry_after: int | None = None) -> bytes:
    """Return a response with a problem document; `keep` the connection open; `retry_after` so many seconds."""
    title = HTTPStatus(status).phrase
    # Not problems.problem(): that imports Django's views, and the server loads its workers before any settings.
    body = json.dumps({"type": "about:blank", "title": title, "status": status, "detail": detail})
    wait = "" if retry_after is None else f"Retry-After: {retry_after}\r\n"
    return (
        f"HTTP/1.1 {status} {title}\r\nConnection: {'keep-alive' if keep else 'close'}\r\n{wait}"
        f"Content-Type: application/problem+json\r\nCache-Control: private, no-store\r\n"
        f"Content-Length: {len(body)}\r\n\r\n{body}"
    ).encode()
