"""Tests of what limits count, and by whom."""

import re
from types import SimpleNamespace

import pytest
from django.test import Client
from rest_framework.test import APIClient

from users.tests.factories import UserFactory
from users.throttles import METER

pytestmark = pytest.mark.django_db

CREDENTIALS = {"username": "ana", "password": "secret"}


@pytest.fixture(autouse=True)
def _nothing_spent():
    METER.clear()
    yield
    METER.clear()


@pytest.fixture
def ana():
    return UserFactory(**CREDENTIALS, is_staff=True)


def token(address, **changes):
    return APIClient(REMOTE_ADDR=address).post("/tokens", CREDENTIALS | changes).status_code


def test_successful_sign_ins_count_too(ana, settings):
    settings.SIGN_INS_PER_MINUTE = 3
    page = [Client().post(path, CREDENTIALS).status_code for path in ("/sign-in", "/admin/login/")]

    assert (page, [token("127.0.0.1") for _ in range(2)]) == ([302, 302], [201, 429])


def test_nobody_locks_another_person_out_from_elsewhere(ana, settings):
    settings.SIGN_INS_PER_MINUTE = 2
    attacks = [token("203.0.113.9", password="wrong") for _ in range(4)]

    assert (attacks, token("198.51.100.7")) == ([401, 401, 429, 429], 201)


def test_an_ipv6_client_is_its_network(ana, settings):
    settings.SIGN_INS_PER_MINUTE = 2
    attacks = [token(f"2001:db8:0:1::{number}", password="wrong") for number in range(1, 4)]

    assert (attacks, token("2001:db8:0:2::1")) == ([401, 401, 429], 201)


def test_clients_behind_the_proxy_are_distinguished(ana, settings):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": 1}
    settings.SIGN_INS_PER_MINUTE = 1

    def through_proxy(forwarded):
        headers = {"X-Forwarded-For": forwarded}
        return APIClient(REMOTE_ADDR="127.0.0.1").post("/tokens", CREDENTIALS, headers=headers).status_code

    # The last is from the first client, who invents an address of its own.
    addresses = ("203.0.113.9", "198.51.100.7", "192.0.2.33, 203.0.113.9")
    assert [through_proxy(address) for address in addresses] == [201, 201, 429]


def test_an_erasure_is_counted_by_the_user_and_not_by_their_address(ana, api_of, settings):
    settings.SIGN_INS_PER_MINUTE = 1
    assert [token("127.0.0.1", password="wrong") for _ in range(2)] == [401, 429]

    assert api_of(ana).delete("/users/me", {"password": "secret"}).status_code == 204


@pytest.mark.parametrize("authorization", [None, "Bearer unknown"])
def test_refused_requests_of_nobody_count_by_address(api_of, ana, settings, authorization):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE, settings.PUBLIC_BROWSING = 3, False
    headers = {} if authorization is None else {"Authorization": authorization}
    client, other = APIClient(REMOTE_ADDR="203.0.113.9"), APIClient(REMOTE_ADDR="198.51.100.7")

    answers = [client.get("/categories", headers=headers).status_code for _ in range(4)]

    assert answers == [401, 401, 401, 429]
    assert other.get("/categories", headers=headers).status_code == 401
    # Whoever has a credential is counted by it, at the same address too.
    assert api_of(ana).get("/categories", REMOTE_ADDR="203.0.113.9").status_code == 200


def test_refused_requests_of_a_user_count_by_user(api_of, ana, settings):
    settings.REQUESTS_PER_MINUTE = 3
    client = api_of(ana)

    answers = [client.post("/events", {}).status_code, client.get("/events/1?colour=red").status_code]
    answers += [client.get("/events/1").status_code, client.get("/categories").status_code]

    assert answers == [403, 400, 404, 429]


def test_a_request_without_its_csrf_token_counts(ana, settings):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 1
    browser = APIClient(enforce_csrf_checks=True)
    browser.force_login(ana)

    assert [browser.patch("/users/me", {}).status_code for _ in range(2)] == [403, 429]


def limits_of(answer):
    return answer.headers.get("RateLimit-Policy"), answer.headers.get("RateLimit"), answer.headers.get("Retry-After")


@pytest.fixture
def _still_clock(monkeypatch):
    monkeypatch.setattr("users.throttles.time", SimpleNamespace(monotonic=lambda: 1_000.0))


@pytest.mark.usefixtures("_still_clock")
def test_answers_say_what_is_left_of_the_limit(api_of, ana, settings):
    settings.REQUESTS_PER_MINUTE = 3
    client = api_of(ana)

    answers = [client.get(path) for path in ("/categories", "/events/1", "/events/1?colour=red", "/categories")]

    assert [answer.status_code for answer in answers] == [200, 404, 400, 429]
    assert [limits_of(answer) for answer in answers] == [
        ('"requests";q=3;w=60', '"requests";r=2;t=20', None),
        ('"requests";q=3;w=60', '"requests";r=1;t=40', None),
        # Nothing is left: in 20 seconds there is one more.
        ('"requests";q=3;w=60', '"requests";r=0;t=20', None),
        ('"requests";q=3;w=60', '"requests";r=0;t=20', "20"),
    ]


@pytest.mark.usefixtures("_still_clock")
@pytest.mark.parametrize("per_minute", [1, 7, 59, 300, 3_000])
def test_as_many_requests_are_left_as_are_then_answered(api_of, ana, settings, per_minute):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = per_minute
    client = api_of()
    refused = [client.get("/categories") for _ in range(min(per_minute, 20))]

    left = [int(re.fullmatch('"requests";r=([0-9]+);t=[0-9]+', answer["RateLimit"])[1]) for answer in refused]

    assert left == [per_minute - number for number in range(1, len(left) + 1)]


def test_without_a_limit_there_is_no_header(api_of, ana, settings):
    settings.REQUESTS_PER_MINUTE = 0

    assert limits_of(api_of(ana).get("/categories")) == (None, None, None)
