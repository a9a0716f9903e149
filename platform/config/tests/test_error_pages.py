"""Tests of the pages that people get on errors, of problem types, and of the addresses that browsers look for."""

import json

import pytest
from django.contrib.staticfiles import finders
from django.db import OperationalError
from django.test import Client, RequestFactory
from rest_framework.exceptions import APIException, Throttled

from api.costly import Busy, Costly, costly
from config.http import outages
from config.http.errors import csrf_failure, permission_denied, server_error
from config.http.in_flight import InFlightLimit
from config.http.outages import Outage, OutageMiddleware
from config.http.policy import POLICY
from config.http.problems import PROBLEM_TYPES
from users.tests.factories import UserFactory

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
HTML, PROBLEM = "text/html; charset=utf-8", "application/problem+json"


def answers_of(view, **headers):
    """Return the answers of a view to a browser, and to a program that takes anything."""
    return [
        view(RequestFactory(headers={"Accept": accept}).get("/x")) for accept in (BROWSER, "*/*", "application/json")
    ]


def subclasses_of(kind):
    direct = kind.__subclasses__()
    return {*direct, *(each for subclass in direct for each in subclasses_of(subclass))}


def is_page(answer):
    content = answer.content.decode()
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in content
    assert ("<style" in content, " style=" in content, "<script" in content) == (False, False, False)
    return answer["Content-Type"] == HTML and answer["Content-Security-Policy"] == POLICY


def failing(error):
    """Return a view outside the API that raises an error, behind the middleware that answers it."""

    def view(request):
        return OutageMiddleware(lambda _: None).process_exception(request, error)

    return view


@pytest.mark.parametrize(
    ("view", "status"),
    [
        (csrf_failure, 403), (permission_denied, 403), (server_error, 500), (failing(Busy()), 503),
        (failing(Throttled(wait=3)), 429), (failing(OperationalError("away")), 503),
    ],
)  # fmt: skip
def test_errors_are_pages_for_browsers_and_documents_for_programs(monkeypatch, view, status):
    monkeypatch.setattr(outages, "OUTAGE", Outage())
    monkeypatch.setattr(Outage, "begin", lambda self: None)

    page, *documents = answers_of(view)

    assert (page.status_code, is_page(page)) == (status, True)
    assert [(answer.status_code, answer["Content-Type"]) for answer in documents] == [(status, PROBLEM)] * 2
    assert {answer.get("Retry-After") for answer in (page, *documents)} == {{503: "1", 429: "3"}.get(status)}


@pytest.mark.parametrize("path", ["/nothing", "/e/1/nothing", "/events/1/x"])
def test_unknown_address_is_a_page_for_a_browser(client, path):
    page = client.get(path, headers={"Accept": BROWSER})

    assert (page.status_code, is_page(page)) == (404, True)
    assert client.get(path, headers={"Accept": "*/*"})["Content-Type"] == PROBLEM


@pytest.mark.parametrize(
    "path",
    [
        "/events/",
        "/recommendations/",
        "/recommendations/popular/",
        "/events/1/",
        "/users/me/",
        "/events//",
        "/sign-in/",
    ],
)
def test_slash_at_the_end_is_named(client, path):
    shorter = path.rstrip("/")
    answer = client.get(path)

    assert (answer.status_code, answer.json()["detail"]) == (
        404, f"Addresses have no slash at the end: this one is {shorter}.",
    )  # fmt: skip
    assert f'<a href="{shorter}">' in client.get(path, headers={"Accept": BROWSER}).content.decode()


@pytest.mark.parametrize("path", ["/nothing/", "/nothing//"])
def test_slash_at_the_end_of_nothing_is_not_named(client, path):
    assert client.get(path).json()["detail"] == "There is nothing at this address. GET /schema lists what there is."


def test_unknown_address_of_the_admin_is_a_page(staff):
    page = staff.get("/admin/nothing/", headers={"Accept": BROWSER})

    assert (page.status_code, is_page(page)) == (404, True)


@pytest.mark.django_db
def test_staff_without_permission_get_a_page(client):
    client.force_login(UserFactory(is_staff=True))

    page = client.get("/admin/events/event/", headers={"Accept": BROWSER})

    assert (page.status_code, is_page(page)) == (403, True)


def test_requests_beyond_the_limit_in_flight_get_a_page():
    def answer(environ, start_response):
        return Streamed()

    class Streamed(list):
        streaming = True

    limited = InFlightLimit(answer, 1)
    held = limited({"PATH_INFO": "/"}, lambda *_: None)
    answers = []
    for accept in (BROWSER, "*/*"):
        body = limited({"PATH_INFO": "/", "HTTP_ACCEPT": accept}, lambda status, headers: answers.append(dict(headers)))
        answers[-1]["body"] = b"".join(body)
    held.close()

    page, document = answers
    assert (page["Content-Type"], page["Content-Security-Policy"]) == (HTML, POLICY)
    assert (document["Content-Type"], json.loads(document["body"])["code"]) == (PROBLEM, "busy")
    assert [int(answer["Content-Length"]) for answer in answers] == [len(answer["body"]) for answer in answers]
    assert {answer["Retry-After"] for answer in answers} == {"1"}


@pytest.mark.django_db
def test_form_that_meets_the_limit_on_costly_work_is_answered_with_a_page(settings, monkeypatch):
    settings.PASSWORD_HASHERS = ["users.sign_in.LimitedPBKDF2PasswordHasher"]
    monkeypatch.setattr("api.costly.PATIENCE_SECONDS", 0)
    UserFactory(username="ana", password="secret")

    with costly(Costly.PASSWORD):
        page = Client().post("/sign-in", {"username": "ana", "password": "secret"}, headers={"Accept": BROWSER})

    assert (page.status_code, page["Retry-After"], is_page(page)) == (503, "1", True)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/", "/problems", "/robots.txt"])
def test_method_that_is_not_taken_is_a_problem(client, path):
    answer = client.post(path)

    assert (answer.status_code, answer["Content-Type"], answer["Allow"]) == (405, PROBLEM, "GET, HEAD")
    assert answer.json()["code"] == "method_not_allowed"


def test_every_type_of_problem_is_explained_on_the_page(client):
    page = client.get("/problems")

    assert page["Content-Security-Policy"] == POLICY
    assert [code for code in PROBLEM_TYPES if f'<section id="{code}">' not in page.content.decode()] == []


def test_type_of_a_problem_leads_to_its_explanation(client):
    problem = client.get("/nothing").json()

    path, _, code = problem["type"].partition("#")
    assert (problem["code"], code) == ("not_found", "not_found")
    assert f'id="{code}"' in client.get(path).content.decode()


def test_every_exception_of_ours_has_a_type():
    ours = {
        error: (error.default_code, error.status_code)
        for error in subclasses_of(APIException)
        if not error.__module__.startswith("rest_framework")
    }

    assert {error: pair for error, pair in ours.items() if PROBLEM_TYPES[pair[0]].status != pair[1]} == {}
    assert len(ours) >= 6


def test_codes_are_stable():
    # Clients compare them: one may be added, none renamed, removed or given to another status.
    assert {code: problem_type.status for code, problem_type in PROBLEM_TYPES.items()} == {
        "invalid": 400, "parse_error": 400, "bad_request": 400, "not_authenticated": 401, "authentication_failed": 401,
        "permission_denied": 403, "csrf_failed": 403, "not_found": 404, "method_not_allowed": 405, "not_acceptable": 406,
        "conflict": 409, "gone": 410, "body_too_large": 413, "unsupported_media_type": 415,
        "idempotency_key_reused": 422, "throttled": 429, "headers_too_large": 431, "server_error": 500, "busy": 503,
        "timeout": 503, "database_unavailable": 503, "unavailable": 503,
    }  # fmt: skip


def test_icon_and_robots_are_where_programs_look_for_them(client):
    icon, robots = client.get("/favicon.ico"), client.get("/robots.txt")

    assert (icon.status_code, icon["Location"]) == (301, "/static/page/icon.svg")
    assert finders.find("page/icon.svg") is not None
    assert (robots.status_code, robots["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert "Disallow: /\n" in robots.content.decode()
