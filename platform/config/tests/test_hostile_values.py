"""Tests that no hostile value is taken, breaks anything or comes back, wherever it is sent."""

import json
import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest
from drf_spectacular.generators import SchemaGenerator
from rest_framework.test import APIClient

from config.tests.hostile_answers import fault_of
from config.tests.hostile_values import JSON_VALUES, TEXT_VALUES, TOO_LARGE
from events.tests.factories import EventFactory
from interactions.tests.factories import InteractionFactory
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
# Beyond what the sequence gives to the events that the tests make.
_EVENT = 10**12
_HERE = "the value"
_DONE = {"get": 200, "post": 201, "patch": 200}
_BODIES: dict[str, dict[str, Any]] = {
    "post /events": {"title": "Jazz", "startAt": "2027-05-01T19:30:00Z", "latitude": 0, "longitude": 0},
    "patch /events/{id}": {"latitude": 0, "longitude": 0},
    "post /interactions": {"eventId": _EVENT, "action": "VIEW"},
    "post /interactions/batch": {"interactions": [{"eventId": _EVENT, "action": "VIEW"}]},
    "post /mutes": {},
    "post /tokens": {"username": "ada", "password": "wrong"},
    "patch /users/me": {"latitude": 0, "longitude": 0},
    "delete /users/me": {"password": "wrong"},
}
# Parameters that an address does not do without.
_NEEDED = {"get /events/search": {"q": "jazz"}, "get /events/suggestions": {"q": "jazz"}}


@dataclass(frozen=True)
class Kind:
    """What a field or parameter takes: these of the values, answered with this (None: success). No other value.

    `again`: those of the values that come to the same as one before, and are answered with 200.
    """

    takes: frozenset[str] = frozenset()
    then: int | None = None
    otherwise: int = 400
    again: frozenset[str] = frozenset()


def taking(*names: str, then: int | None = None) -> Kind:
    assert {*names} <= {*JSON_VALUES, *TEXT_VALUES}
    return Kind(frozenset(names), then)


def text(*refused: str, then: int | None = None) -> Kind:
    return taking(*(f"quoted {name}" for name in TEXT_VALUES.keys() - {*refused}), then=then)


NUL = ("NUL", "NUL inside")
UNSEEN = (*NUL, "escape sequence", "delete", "direction override", "direction isolate")
BREAKS = ("line separator", "line break", "header injection")
BLANK = ("empty", "space", "tab", "no-break space")
LONG = ("5,000 digits", "10,000 characters", "60 KB")
NOT_ASCII = tuple(name for name, value in TEXT_VALUES.items() if not value.isascii())

NOTHING = taking()
OR_NULL = taking("null")
ID = ("200", "2 to the 63, less 1")
DEGREES = taking("1.5", "1.0", "1e1", "-1", "0", "-0")
WHERE = {"latitude": DEGREES, "longitude": DEGREES}
TITLE = text(*UNSEEN, *BREAKS, *BLANK, *LONG)
# Nothing at all within the brackets is an empty list.
TAG = Kind(text(*UNSEEN, *BREAKS, *BLANK, *LONG, "accents in a heap").takes | {"nothing"})
LINE = text(*UNSEEN, *BREAKS, *LONG)
PAGE = {"query limit": taking("leading zeros"), "query cursor": NOTHING}
FILTERS = {
    "query type": NOTHING, "query category": NOTHING,
    "query startsAfter": taking("seven decimals"), "query startsBefore": taking("seven decimals"),
    "query free": taking("true in words"), "query attendance": NOTHING, "query near": NOTHING, "query radiusKm": NOTHING,
}  # fmt: skip
SECTION = {**PAGE, **FILTERS}
SEARCH = {"query limit": taking("leading zeros"), **FILTERS}
NO_ROW = Kind(otherwise=404)
KEYS = TEXT_VALUES.keys() - {
    *UNSEEN, *BREAKS, *BLANK, *LONG, *NOT_ASCII, "space for T", "skipped by summer time", "SQL", "HTML",
}  # fmt: skip
EVENT = {
    "title": TITLE, "description": text(*UNSEEN, "60 KB"), "type": NOTHING, "status": NOTHING, "category": OR_NULL,
    "tags": taking("list", "list of text"), "tags[]": TAG,
    "organiserId": OR_NULL, "locationName": LINE, **WHERE, "url": taking("quoted internal address", "null"),
    "startAt": taking("quoted seven decimals"), "endAt": taking("null", "quoted seven decimals"),
    "series": Kind(TITLE.takes | {"null"}), "address": LINE, "timeZone": OR_NULL, "attendance": OR_NULL, "price": OR_NULL,
    # Three letters are the code of a language; nan is Min Nan's.
    "language": taking("null", "quoted now", "quoted not a number"), "minimumAge": taking("null", "0", "-0"),
}  # fmt: skip
ROWS: dict[str, dict[str, Kind]] = {
    "get /recommendations": {**SECTION, "query ranker": NOTHING},
    "get /recommendations/popular": SECTION,
    "get /recommendations/upcoming": SECTION,
    "get /recommendations/{event_id}/explanation": {
        "path event_id": NO_ROW, "query ranker": NOTHING, **FILTERS,
    },
    "get /recommendations.ics": {"query token": NOTHING},
    "get /saved.ics": {"query token": NOTHING},
    "get /users/me/saved": {**PAGE, "query when": NOTHING},
    "get /events": {
        **PAGE, **FILTERS, "query status": NOTHING, "query ids": taking("largest id", "unix time"),
        "query q": taking(*TEXT_VALUES.keys() - {*NUL, *BLANK, *LONG}),
    },
    "post /events": EVENT,
    "get /events/search": {
        **SEARCH, "query cursor": NOTHING, "query timeZone": NOTHING,
        "query q": taking(*TEXT_VALUES.keys() - {*NUL, *BLANK, *LONG}),
    },
    "get /events/suggestions": {**FILTERS, "query q": taking(*TEXT_VALUES.keys() - {*NUL, *BLANK, *LONG})},
    "get /events/{id}/similar": {**SEARCH, "path id": NO_ROW},
    "get /events/{id}": {"path id": NO_ROW},
    "patch /events/{id}": {"path id": NO_ROW, **EVENT},
    "delete /events/{id}": {"path id": NO_ROW},
    "get /interactions": {**PAGE, "query action": NOTHING},
    "post /interactions": {
        # The same visit each time.
        "header Idempotency-Key": taking(*KEYS, then=200),
        "id": NOTHING, "eventId": taking(*ID, then=404), "action": NOTHING, "createdAt": NOTHING,
    },
    "post /interactions/batch": {
        "header Idempotency-Key": taking(*KEYS), "interactions": NOTHING, "interactions[].eventId": taking(*ID),
        "interactions[].action": NOTHING, "interactions[].createdAt": NOTHING,
    },
    "delete /interactions/dismissals/{event_id}": {"path event_id": NO_ROW},
    "delete /interactions/saves/{event_id}": {"path event_id": NO_ROW},
    "put /interactions/saves/{event_id}": {"path event_id": NO_ROW},
    "get /mutes": PAGE,
    "post /mutes": {
        "id": NOTHING, "organiserId": taking(*ID, then=404), "category": NOTHING, "name": NOTHING,
        "series": Kind(TITLE.takes, again=frozenset({"quoted space after", "quoted overlong slash"})),
        "createdAt": NOTHING,
    },
    "delete /mutes/{mute_id}": {"path mute_id": Kind(taking("leading zeros", "zero", "largest id", "beyond the largest id", "unix time").takes, otherwise=404)},
    "post /tokens": {
        "username": text(*NUL, *BLANK, *LONG, then=401), "password": text(*NUL, "empty", *LONG, then=401),
    },
    "patch /users/me": {
        "id": NOTHING, "username": NOTHING, "email": NOTHING, "displayName": LINE,
        "interests": taking("list"), "interests[]": taking("nothing"), **WHERE, "personalRanking": taking("true", "false"),
    },
    "delete /users/me": {"password": NOTHING},
}  # fmt: skip


@pytest.fixture
def client_of_all(settings, caplog) -> APIClient:
    """A client that may do everything, as often as it likes."""
    caplog.set_level(logging.CRITICAL)
    settings.REQUESTS_PER_MINUTE = settings.ANONYMOUS_REQUESTS_PER_MINUTE = 0
    settings.INTERACTIONS_PER_MINUTE = settings.EXPLANATIONS_PER_MINUTE = settings.SIGN_INS_PER_MINUTE = 0
    ada = UserFactory(username="ada", is_superuser=True)
    InteractionFactory(user=ada, event=EventFactory(pk=_EVENT))
    # What has a token needs no CSRF token, at no address.
    client = APIClient(enforce_csrf_checks=True)
    client.force_authenticate(ada)
    return client


def faults(answered: Iterable[tuple[str, bytes, Any]], kind: Kind, done: int) -> dict[str, str]:
    result = {}
    for name, sent, answer in answered:
        expected = (kind.then or done) if name in kind.takes else kind.otherwise
        expected = 200 if name in kind.again else expected
        if fault := fault_of(answer, sent, expected):
            result[name] = fault
    return result


def body_with(operation: str, field: str, value: bytes) -> bytes:
    """Return a body that is right except that the value, raw JSON, stands in a field."""
    name, in_list, inner = field.partition("[]")
    body = dict(_BODIES.get(operation, {}))
    if inner:
        body[name] = [{**body[name][0], inner.removeprefix("."): _HERE}]
    elif name:
        body[name] = [_HERE] if in_list else _HERE
    return json.dumps(body).encode().replace(json.dumps(_HERE).encode(), value)


def answers(client: APIClient, operation: str, row: str) -> Iterator[tuple[str, bytes, Any]]:
    """Yield each value's name, what was sent, and the answer."""
    method, _, route = operation.partition(" ")
    here = re.sub(r"{\w+}", str(_EVENT), route)
    place, _, parameter = row.rpartition(" ")
    values = TEXT_VALUES if place else JSON_VALUES
    assert len(values) >= 60
    for name, value in values.items():
        path, headers = here, {}
        if place == "query":
            needed = _NEEDED.get(operation, {})
            others = "".join(f"&{name}={right}" for name, right in needed.items() if name != parameter)
            path = f"{here}?{parameter}={quote(value, safe='')}{others}"
        elif place == "path":
            path = route.replace(f"{{{parameter}}}", quote(value, safe=""))
        elif place == "header":
            # As a server hands headers on.
            headers = {parameter: value.decode("latin-1")}
        body = b"" if operation not in _BODIES else body_with(operation, "" if place else row, value)
        yield (
            name,
            body if not place else value,
            client.generic(method.upper(), path, body, content_type="application/json", headers=headers),
        )


@pytest.mark.parametrize(("operation", "row"), [(operation, row) for operation in ROWS for row in ROWS[operation]])
def test_hostile_values_are_refused(client_of_all, operation, row):
    done = _DONE.get(operation.split()[0], 204)

    assert faults(answers(client_of_all, operation, row), ROWS[operation][row], done) == {}


def fields_in(document: Any, schema: Any, outer: str = "") -> Iterator[str]:
    """Yield each property's name, and what is in a list as name[] or name[].inner."""
    schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    for name, inside in schema.get("properties", {}).items():
        yield outer + name
        if inside.get("type") == "array":
            within = list(fields_in(document, inside["items"], f"{outer}{name}[]."))
            yield from within or [f"{outer}{name}[]"]


def test_every_field_and_parameter_of_the_api_has_a_row():
    document = SchemaGenerator().get_schema(request=None, public=True)
    known = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            rows = {f"{parameter['in']} {parameter['name']}" for parameter in operation.get("parameters", ())}
            if "requestBody" in operation:
                rows.update(fields_in(document, operation["requestBody"]["content"]["application/json"]["schema"]))
            if rows:
                known[f"{method} {path}"] = rows

    assert known == {operation: {*rows} for operation, rows in ROWS.items()}


@pytest.mark.parametrize("operation", _BODIES)
def test_whole_bodies_that_are_no_object_are_refused(client_of_all, operation):
    method, _, route = operation.partition(" ")
    path = re.sub(r"{\w+}", str(_EVENT), route)
    # Nothing to change is no error.
    taken = taking("object", "nothing") if method == "patch" else NOTHING

    def sending(values: dict[str, bytes]) -> Iterator[tuple[str, bytes, Any]]:
        for name, value in values.items():
            yield name, value, client_of_all.generic(method.upper(), path, value, content_type="application/json")

    assert faults(sending(JSON_VALUES), taken, 200) == {}
    assert faults(sending({"too large": TOO_LARGE}), Kind(otherwise=413), 200) == {}


@pytest.mark.parametrize("path", [row[4:] for row in ROWS if row.startswith("get") and "{" not in row])
def test_unknown_parameters_are_refused(client_of_all, path):
    sent = ((name, value, client_of_all.get(f"{path}?{quote(value)}=1")) for name, value in TEXT_VALUES.items())

    assert faults(sent, NOTHING, 200) == {}


def test_no_long_list_nor_object_is_worked_through(client_of_all):
    listed = client_of_all.patch("/users/me", {"interests": [1] * 10_000}).data
    named = client_of_all.patch("/users/me", {str(number): 1 for number in range(5_000)}).data

    assert listed["errors"] == {"interests": ["Ensure this field has no more than 100 elements."]}
    assert named["detail"].endswith("and 15 more. See errors.")
