"""The rules for every answer to a hostile value."""

import json
from collections.abc import Iterator
from typing import Any

# What an error may be long, and how many characters in a row of what was sent may come back.
_MAX_BYTES = 4096
_MAX_ECHO = 200


def texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from texts_in([*value, *value.values()])
    elif isinstance(value, list):
        for item in value:
            yield from texts_in(item)


def fault_of(answer: Any, sent: bytes, expected: int) -> str | None:
    """Say what is wrong with an answer."""
    if answer.status_code != expected:
        return f"{answer.status_code} instead of {expected}"
    if expected < 400:
        return None
    if answer["Content-Type"] != "application/problem+json" or len(answer.content) > _MAX_BYTES:
        return f"{len(answer.content)} bytes of {answer['Content-Type']}"
    shown = [*texts_in(json.loads(answer.content)), *answer.headers.values()]
    known = sent.decode("utf-8", "replace")
    if any(line[place : place + _MAX_ECHO + 1] in known for line in shown for place in range(len(line) - _MAX_ECHO)):
        return "more than 200 characters come back"
    return None
