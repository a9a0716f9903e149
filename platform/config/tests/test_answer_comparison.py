"""What counts as a change of an answer: see the package config.tests.answers."""

import json

import pytest

from config.tests.answers.asking import Json
from config.tests.answers.comparison import differences

_ANSWER = {
    "status": 200,
    "headers": {"Content-Type": "application/json"},
    "body": {"next": "(followed)", "results": [{"event": {"id": 1, "title": "Jazz"}, "text": "Soon", "score": 0.5}]},
}
_PROBLEM = {
    "status": 400,
    "headers": {"Content-Type": "application/problem+json"},
    "body": {
        "type": "/problems#invalid",
        "title": "Bad",
        "detail": "No.",
        "status": 400,
        "errors": {"limit": ["Too much."]},
    },
}


def _with(answer: Json, path: str, value: object) -> Json:
    """Return an answer with another value at a path, or without it for None."""
    copy = json.loads(json.dumps(answer))
    *way, last = (int(part) if part.isdigit() else part for part in path.split("."))
    place = copy
    for part in way:
        place = place[part]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return copy


@pytest.mark.parametrize(
    ("answer", "path", "value"),
    [
        (_ANSWER, "body.new", 1),
        (_ANSWER, "body.results.0.event.price", {"min": 1}),
        (_ANSWER, "headers.Vary", "Accept"),
        (_ANSWER, "body.results.0.text", "Tomorrow"),
        (_ANSWER, "body.results.0.score", 0.5000001),
        (_PROBLEM, "body.title", "Bad Request"),
        (_PROBLEM, "body.detail", "Not so."),
        (_PROBLEM, "body.errors.limit", ["At most 100.", "At least 1."]),
        (_PROBLEM, "body.errors.cursor", ["Wrong, too."]),
    ],
)
def test_additions_and_words_are_no_difference(answer: Json, path: str, value: object) -> None:
    assert differences([answer], [_with(answer, path, value)]) == []


@pytest.mark.parametrize(
    ("answer", "path", "value", "said"),
    [
        (_ANSWER, "status", 201, "0.status was 200 and is 201"),
        (_ANSWER, "headers.Content-Type", None, "0.headers.Content-Type is gone; it was 'application/json'"),
        (_ANSWER, "body.results.0.event.title", "Blues", "0.body.results.0.event.title was 'Jazz' and is 'Blues'"),
        (_ANSWER, "body.results.0.event.title", None, "0.body.results.0.event.title is gone; it was 'Jazz'"),
        (_ANSWER, "body.results.0.event.id", "1", "0.body.results.0.event.id was 1 and is '1'"),
        (_ANSWER, "body.results.0.event.id", True, "0.body.results.0.event.id was 1 and is True"),
        (_ANSWER, "body.results.0.text", None, "0.body.results.0.text is gone; it was 'Soon'"),
        (_ANSWER, "body.results.0.score", 0.51, "0.body.results.0.score was 0.5 and is 0.51"),
        (_ANSWER, "body.results", [], "0.body.results had 1 items and has 0"),
        (_ANSWER, "body.next", None, "0.body.next is gone; it was '(followed)'"),
        (_PROBLEM, "body.type", "about:other", "0.body.type was '/problems#invalid' and is 'about:other'"),
        (_PROBLEM, "body.errors", {"cursor": ["Wrong."]}, "0.body.errors.limit is gone; it was ['Too much.']"),
        (_PROBLEM, "body.errors", None, "0.body.errors is gone; it was {'limit': ['Too much.']}"),
    ],
)
def test_everything_else_is_a_difference(answer: Json, path: str, value: object, said: str) -> None:
    assert differences([answer], [_with(answer, path, value)]) == [said]
