"""Tests of the OpenAPI document: what generated clients and readers need of it."""

import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import jsonschema
import pytest
from rest_framework.test import APIClient

from events.tests.factories import EventFactory
from recommendations.feed.ranking import RANKERS
from users.tests.factories import UserFactory

DOCUMENT = json.loads((Path(__file__).resolve().parents[3] / "docs" / "openapi.json").read_text())
OPERATIONS = [
    pytest.param(operation, id=f"{method} {path}")
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def resolved(described):
    """Return what a reference leads to, or the thing itself."""
    reference = described.get("$ref")
    if reference is None:
        return described
    _, kind, name = reference.removeprefix("#/").split("/")
    return DOCUMENT["components"][kind][name]


def bodies_of(operation):
    """Return each body that is sent or answered with its schema, its example, and whether it is sent."""
    sent = operation.get("requestBody", {}).get("content", {})
    answered = [resolved(answer).get("content", {}) for answer in operation["responses"].values()]
    return [
        (content["schema"], content["example"], contents is sent)
        for contents in (sent, *answered)
        for content in contents.values()
    ]


def test_document_is_openapi_3_1():
    assert DOCUMENT["openapi"].startswith("3.1.")
    assert [tag["name"] for tag in DOCUMENT["tags"] if not tag["description"]] == []


def test_operations_that_visitors_may_use_need_no_authentication():
    optional = {
        (method, path)
        for path, methods in DOCUMENT["paths"].items()
        for method, operation in methods.items()
        if {} in operation.get("security", ()) and "PUBLIC_BROWSING" in operation["description"]
    }

    assert optional == {
        ("get", path)
        for path in (
            "/recommendations/popular", "/recommendations/upcoming", "/events", "/events/{id}", "/events/search", "/events/suggestions",
            "/events/{id}/similar", "/categories",
        )
    }  # fmt: skip


@pytest.mark.parametrize("operation", OPERATIONS)
def test_operation_is_described(operation):
    assert 0 < len(operation["summary"]) < 110
    assert not operation["summary"].endswith(".")
    assert set(operation["tags"]) <= {tag["name"] for tag in DOCUMENT["tags"]}
    assert [answer for answer in operation["responses"].values() if not resolved(answer)["description"]] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_examples_fit_their_schemas(operation):
    for schema, example, is_sent in bodies_of(operation):
        validator = jsonschema.Draft202012Validator(
            {**schema, "components": DOCUMENT["components"]}, format_checker=jsonschema.FormatChecker()
        )
        # What is sent has no properties that only answers have, although schemas require them there.
        missing_is_right = ("is a required property",) if is_sent else ()
        errors = [error.message for error in validator.iter_errors(example)]
        assert [error for error in errors if not error.endswith(missing_is_right or "\0")] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_answers_declare_their_headers(operation):
    for status, answer in operation["responses"].items():
        headers = {name: resolved(header) for name, header in resolved(answer)["headers"].items()}
        assert {"X-Request-ID", "Server-Timing", "Cache-Control", "RateLimit", "RateLimit-Policy"} <= headers.keys()
        assert ("Retry-After" in headers, "WWW-Authenticate" in headers) == (status in ("429", "503"), status == "401")
        assert [name for name, header in headers.items() if not header["description"]] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_parameters_have_no_default_that_belongs_to_the_server(operation):
    """A generated client sends defaults with every page; a cursor of another ranker is refused."""
    defaults = {each["name"] for each in operation.get("parameters", ()) if "default" in resolved(each)["schema"]}

    assert defaults <= {"limit"}


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ["/tokens", "/interactions", "/interactions/batch", "/events"])
def test_examples_of_bodies_are_accepted(staff, operation):
    """They are refused for what is stored alone: there is no such user or event."""
    content = DOCUMENT["paths"][operation]["post"]["requestBody"]["content"]
    client = APIClient()
    client.cookies = staff.cookies

    answer = client.post(operation, content["application/json"]["example"])

    errors = answer.json().get("errors", {})
    assert errors.keys() <= {"organiserId", "interactions.0.createdAt"}, errors


@pytest.mark.django_db
@pytest.mark.parametrize("ranker", RANKERS)
def test_clients_that_send_every_default_read_a_whole_feed(api_of, monkeypatch, ranker):
    """Generated clients send the document's defaults with each page, and of `next` only the cursor."""
    monkeypatch.setattr("recommendations.views.DEFAULT", RANKERS[ranker])
    events = {event.pk for event in EventFactory.create_batch(45)}
    client = api_of(UserFactory())
    parameters = DOCUMENT["paths"]["/recommendations"]["get"]["parameters"]
    defaults = {each["name"]: each["schema"]["default"] for each in parameters if "default" in each["schema"]}

    page, read = client.get("/recommendations", defaults).json(), []
    read += [result["event"]["id"] for result in page["results"]]
    while page["next"]:
        (cursor,) = parse_qs(urlsplit(page["next"]).query)["cursor"]
        page = client.get("/recommendations", {**defaults, "cursor": cursor}).json()
        read += [result["event"]["id"] for result in page["results"]]

    assert (len(read), set(read)) == (45, events)
