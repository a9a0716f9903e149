"""Tests of errors outside the views of the API, and of the probes and documents."""

import json

import pytest
from django.test import Client, RequestFactory
from drf_spectacular.generators import SchemaGenerator
from rest_framework.exceptions import NotFound, Throttled, ValidationError

from config.http.errors import csrf_failure, exception_handler, permission_denied, server_error
from events.categories import Category
from events.serializers import CategoryChoiceField
from users.tests.factories import UserFactory


def body(answer):
    return json.loads(answer.content)


@pytest.mark.parametrize("path", ["/nothing", "/recommendation", "/events/1/x", "/platform", "/.env"])
def test_unknown_address_is_a_problem(path):
    answer = Client().get(path)

    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert body(answer) == {
        "type": "/problems#not_found",
        "code": "not_found",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address. GET /schema lists what there is.",
    }


@pytest.mark.parametrize(("view", "status"), [(csrf_failure, 403), (permission_denied, 403), (server_error, 500)])
def test_errors_outside_the_api_are_problems(view, status):
    answer = view(RequestFactory().get("/x"))

    assert (answer.status_code, answer["Content-Type"], body(answer)["status"]) == (
        status, "application/problem+json", status,
    )  # fmt: skip


@pytest.mark.parametrize("path", ["/schema", "/docs", "/recommendations.ics"])
def test_problems_are_json_whatever_the_view_answers_with(client, path):
    answer = client.delete(path, headers={"accept": "*/*"})

    assert (answer.status_code, body(answer)["status"]) == (405, 405)


@pytest.mark.parametrize("debug", [False, True])
def test_host_that_is_not_served_is_a_problem(settings, debug):
    settings.DEBUG = debug

    answer = Client(headers={"host": "evil.example"}).get("/recommendations")

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")


def test_nested_errors_are_named_by_path():
    error = ValidationError(
        {"a": ["x", "y"], "b": {"c": ["z"]}, "items": [{}, {"d": ["w"]}], "non_field_errors": ["v"]}
    )

    answer = exception_handler(error, {})

    assert answer.data["errors"] == {"a": ["x", "y"], "b.c": ["z"], "items.1.d": ["w"], "request": ["v"]}
    assert answer.data["detail"] == "Wrong: a, b.c, items.1.d, request. See errors."


def test_waiting_time_is_a_header():
    assert exception_handler(Throttled(wait=2.4), {})["Retry-After"] == "3"


def test_other_errors_pass_through():
    assert exception_handler(RuntimeError("bug"), {}) is None
    assert exception_handler(NotFound(), {}).status_code == 404


def test_healthz_asks_nothing_of_the_database(client):
    # No mark allows this test a database: a statement would fail it.
    assert client.get("/healthz").json() == {"status": "ok"}


@pytest.mark.django_db
def test_readyz_asks_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(1):  # SELECT 1
        assert client.get("/readyz").json() == {"status": "ready"}


def test_schema_names_every_route_of_the_contract(recwarn):
    document = SchemaGenerator().get_schema(request=None, public=True)

    routes = {(method, path) for path, methods in document["paths"].items() for method in methods}
    assert routes == {
        ("get", "/recommendations"), ("get", "/recommendations/popular"), ("get", "/recommendations/upcoming"),
        ("get", "/recommendations/{event_id}/explanation"),
        ("get", "/events"), ("post", "/events"),
        ("get", "/events/{id}"), ("patch", "/events/{id}"), ("delete", "/events/{id}"), ("get", "/categories"),
        ("get", "/events/search"), ("get", "/events/suggestions"), ("get", "/events/{id}/similar"),
        ("get", "/interactions"), ("post", "/interactions"), ("post", "/interactions/batch"),
        ("delete", "/interactions/dismissals/{event_id}"), ("delete", "/interactions/saves/{event_id}"),
        ("get", "/users/me"), ("patch", "/users/me"), ("delete", "/users/me"), ("get", "/users/me/export"),
            ("get", "/users/me/calendar"), ("post", "/users/me/calendar"), ("delete", "/users/me/calendar"),
            ("get", "/recommendations.ics"),
        ("get", "/users/me/saved"), ("get", "/saved.ics"), ("put", "/interactions/saves/{event_id}"),
        ("get", "/mutes"), ("post", "/mutes"), ("delete", "/mutes/{mute_id}"),
        ("post", "/tokens"), ("delete", "/tokens/current"),
    }  # fmt: skip


def test_documents_are_open_to_all_and_load_nothing_from_elsewhere(client):
    page = client.get("/docs").content.decode()

    assert client.get("/schema").status_code == 200
    assert "/static/drf_spectacular_sidecar/" in page
    assert ("//cdn" in page, "https://" in page.replace("https://json-schema", "")) == (False, False)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "path"),
    [("get", "/users/me"), ("patch", "/users/me"), ("get", "/categories"), ("get", "/events/1"), ("post", "/interactions"),
     ("post", "/interactions/batch"), ("delete", "/interactions/saves/1"), ("delete", "/tokens/current")],
)  # fmt: skip
def test_parameters_that_nobody_reads_are_refused(api_of, method, path):
    answer = getattr(api_of(UserFactory()), method)(f"{path}?colour=red")

    assert (answer.status_code, answer.data["errors"]) == (400, {"colour": ["Unknown. Known are: none."]})


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "name", "choices"),
    [
        ("/recommendations?ranker=best", "ranker", ["heuristic", "popular", "upcoming", "hybrid"]),
        ("/recommendations?type=PARTY", "type", ["EVENT", "GIG"]),
        ("/events?status=open", "status", ["OPEN", "IN_PROGRESS", "COMPLETED", "CANCELLED"]),
        ("/interactions?action=view", "action", ["VIEW", "SAVE", "CLICK", "APPLY", "DISMISS"]),
        ("/events?category=knitting", "category", Category.values),
        ("/events/search?q=a&type=PARTY", "type", ["EVENT", "GIG"]),
    ],
)
def test_answer_to_a_wrong_choice_lists_the_right_ones(api_of, path, name, choices):
    (message,) = api_of(UserFactory()).get(path).json()["errors"][name]

    # Whole, however many there are.
    one, several = (
        f"Choose one of: {', '.join(choices)}.",
        f"Choose among: {', '.join(choices)}; several are separated by commas.",
    )
    assert message == (several if name == "category" else one)


@pytest.mark.parametrize("written", ["Music", " MUSIC "])
def test_category_is_read_in_any_case(written):
    assert CategoryChoiceField().to_internal_value(written) == "music"
