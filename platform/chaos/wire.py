"""HTTP/1.1 as bytes: requests built beforehand, and just as much of answers as is measured."""

import json
from dataclasses import dataclass

HOST = "127.0.0.1"
_HEAD_END = b"\r\n\r\n"
_LAST_CHUNK = b"\r\n0\r\n\r\n"


@dataclass(frozen=True)
class Head:
    """The head of an answer; `size` in bytes, `length` of the body or None if the head does not say."""

    status: int
    size: int
    length: int | None
    chunked: bool
    closes: bool
    problem: bool
    retry_after: bool


def get(path: str, token: str | None = None) -> bytes:
    """Return a GET request."""
    return _request("GET", path, token, [])


def post(path: str, token: str, content: object, *, key: str) -> bytes:
    """Return a POST request with a JSON body and an Idempotency-Key."""
    body = json.dumps(content).encode()
    headers = [f"Idempotency-Key: {key}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
    return _request("POST", path, token, headers) + body


def head_of(data: bytes) -> Head | None:
    """Return the head that an answer begins with; None while it is not whole."""
    end = data.find(_HEAD_END)
    if end < 0:
        return None
    head = data[: end + 2].lower()
    status = int(head[9:12])
    length = _value(head, b"content-length")
    return Head(
        status=status,
        size=end + len(_HEAD_END),
        length=int(length) if length is not None else 0 if status in (204, 304) else None,
        chunked=_value(head, b"transfer-encoding") == b"chunked",
        closes=_value(head, b"connection") == b"close",
        problem=_value(head, b"content-type") == b"application/problem+json",
        retry_after=_value(head, b"retry-after") is not None,
    )


def is_whole(head: Head, data: bytes) -> bool:
    """Say whether the answer is all there; one without a length ends with its connection."""
    if head.length is not None:
        return len(data) >= head.size + head.length
    return head.chunked and data.endswith(_LAST_CHUNK)


def _request(method: str, path: str, token: str | None, headers: list[str]) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", f"Host: {HOST}", *headers]
    if token is not None:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode()


def _value(head: bytes, name: bytes) -> bytes | None:
    start = head.find(b"\r\n" + name + b":")
    if start < 0:
        return None
    start += len(name) + 3
    return head[start : head.find(b"\r\n", start)].strip()
