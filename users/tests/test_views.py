"""Tests of the own profile and the tokens over HTTP."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from knox.models import AuthToken
from rest_framework.test import APIClient

from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory(username="ana", email="ana@example.org", password="secret", interests=["music"])


def profile(user, **changes):
    return {
        "id": user.pk, "username": "ana", "email": "ana@example.org", "displayName": "", "interests": ["music"],
        "latitude": None, "longitude": None, "personalRanking": True,
    } | changes  # fmt: skip


def test_profile_is_the_contract(api_of, ana):
    assert api_of(ana).get("/users/me").json() == profile(ana)


def test_profile_changes_what_is_sent(api_of, ana):
    sent = {"displayName": "Ana F.", "interests": [" Tech", "food", "TECH"], "latitude": 1.5, "longitude": 2,
            "personalRanking": False}  # fmt: skip

    answer = api_of(ana).patch("/users/me", sent)

    expected = profile(
        ana, displayName="Ana F.", interests=["tech", "food"], latitude=1.5, longitude=2.0, personalRanking=False
    )
    assert (answer.status_code, answer.json()) == (200, expected)
    assert api_of(ana).get("/users/me").json() == expected


def test_home_is_forgotten_with_nulls(api_of):
    ana = UserFactory(username="ana", email="ana@example.org", interests=["music"], latitude=1.0, longitude=2.0)

    assert api_of(ana).patch("/users/me", {"latitude": None, "longitude": None}).json() == profile(ana)


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"interests": ["knitting"]}, "interests.0"), ({"interests": "music"}, "interests"), ({"interests": [1]}, "interests.0"),
        ({"interests": None}, "interests"), ({"displayName": "x" * 151}, "displayName"), ({"displayName": None}, "displayName"),
        ({"latitude": 1}, "longitude"), ({"latitude": 91, "longitude": 1}, "latitude"), ({"longitude": "x"}, "longitude"),
        ({"personalRanking": None}, "personalRanking"), ({"personalRanking": 0}, "personalRanking"), ({"personalRanking": "no"}, "personalRanking"),
        ({"email": "b@example.org"}, "email"), ({"username": "b"}, "username"), ({"id": 1}, "id"), ({"is_staff": True}, "is_staff"),
        ([], "request"), ("music", "request"),
    ],
)  # fmt: skip
def test_bad_profile_is_named_and_nothing_changes(api_of, ana, sent, field):
    answer = api_of(ana).patch("/users/me", sent)

    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert field in answer.json()["errors"]
    assert api_of(ana).get("/users/me").json() == profile(ana)


def test_nan_is_no_coordinate(api_of, ana):
    answer = api_of(ana).generic("PATCH", "/users/me", '{"latitude": NaN, "longitude": 1}', "application/json")

    assert answer.status_code == 400


def test_malformed_json_is_reported(api_of, ana):
    answer = api_of(ana).generic("PATCH", "/users/me", '{"latitude": ', "application/json")

    assert (answer.status_code, answer.json()["title"]) == (400, "Bad Request")
    assert answer.json()["detail"].startswith("This JSON is refused: ")


def test_token_is_exchanged_used_and_revoked(api_by_token, api_of, ana):
    answer = api_of().post("/tokens", {"username": "ana", "password": "secret"})
    body = answer.json()
    client = api_by_token(body["token"])

    assert answer.status_code == 201
    assert sorted(body) == ["expiresAt", "token"]
    assert parse_datetime(body["expiresAt"]) > timezone.now() + timedelta(days=29)
    assert client.get("/users/me").json() == profile(ana)
    assert client.delete("/tokens/current").status_code == 204
    assert client.get("/users/me").status_code == 401


def test_token_is_stored_hashed(ana):
    row, token = AuthToken.objects.create(ana)

    assert token not in (row.digest, row.token_key)
    assert len(row.digest) == 128


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"username": "ana", "password": "wrong"}, 401), ({"username": "nobody", "password": "secret"}, 401),
        ({"username": "ana"}, 400), ({"username": "ana", "password": "secret", "x": 1}, 400), ({"username": ["ana"], "password": 1}, 400),
    ],
)  # fmt: skip
def test_bad_credentials(api_of, ana, sent, status):
    answer = api_of().post("/tokens", sent)

    assert (answer.status_code, answer.json()["status"]) == (status, status)


def test_inactive_user_gets_no_token_and_keeps_none(api_by_token, api_of, ana):
    _, token = AuthToken.objects.create(ana)
    ana.is_active = False
    ana.save()

    assert api_of().post("/tokens", {"username": "ana", "password": "secret"}).status_code == 401
    assert api_by_token(token).get("/users/me").status_code == 401


def test_expired_token_is_refused(api_by_token, ana):
    _, token = AuthToken.objects.create(ana, expiry=timedelta(seconds=-1))

    assert api_by_token(token).get("/users/me").status_code == 401


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Bearer x", "Bearer x y", "Token x", "Basic YTpi", "Bearer é"])
def test_malformed_token_is_refused(header):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)

    answer = client.get("/users/me")

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")


def test_session_revokes_no_token(api_of, ana):
    assert api_of(ana).delete("/tokens/current").status_code == 400


def test_session_needs_the_csrf_token(ana):
    client = APIClient(enforce_csrf_checks=True)
    client.login(username="ana", password="secret")

    answer = client.patch("/users/me", {"displayName": "Ana"})

    assert client.get("/users/me").status_code == 200
    assert (answer.status_code, answer["Content-Type"]) == (403, "application/problem+json")


def test_create_token_prints_one_that_works(api_by_token, ana, capsys):
    call_command("create_token", "ana@example.org")

    assert api_by_token(capsys.readouterr().out.strip()).get("/users/me").json() == profile(ana)


def test_create_token_needs_an_active_user():
    UserFactory(username="gone", is_active=False)

    with pytest.raises(CommandError, match='There is no user "nobody"'):
        call_command("create_token", "nobody")
    with pytest.raises(CommandError, match="gone is not active"):
        call_command("create_token", "gone")


def test_queries(api_by_token, api_of, ana, django_assert_num_queries):
    _, token = AuthToken.objects.create(ana)

    with django_assert_num_queries(1):  # the token with its user
        api_by_token(token).get("/users/me")
    with django_assert_num_queries(4):  # SAVEPOINT, SELECT FOR UPDATE, UPDATE, RELEASE SAVEPOINT
        api_of(ana).patch("/users/me", {"displayName": "Ana"})
