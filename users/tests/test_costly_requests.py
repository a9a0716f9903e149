"""Tests that costly requests neither pile up nor wait for requests of another kind."""

import json

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.core.signals import request_finished
from django.db import close_old_connections
from django.utils.http import urlsafe_base64_encode
from rest_framework.test import APIClient

from api import costly as module
from api.costly import Costly, costly
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

HASHER = "users.sign_in.LimitedPBKDF2PasswordHasher"
CREDENTIALS = {"username": "ana", "password": "secret"}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(module, "PATIENCE_SECONDS", 0.0)


@pytest.fixture
def ana(settings):
    settings.PASSWORD_HASHERS = [HASHER]
    return UserFactory(username="ana", password="secret", is_staff=True, is_superuser=True)


def close(answer):
    """Close an answer as the web server does when the client has hung up; the test's connection stays."""
    request_finished.disconnect(close_old_connections)
    answer.close()
    request_finished.connect(close_old_connections)


def of_reset(ana):
    client = APIClient()
    uid = urlsafe_base64_encode(str(ana.pk).encode())
    form = client.get(f"/password-reset/{uid}/{default_token_generator.make_token(ana)}", follow=True)
    password = "a long new password"
    return client.post(form.redirect_chain[-1][0], {"password1": password, "password2": password}, format="multipart")


def of_change(ana):
    client = APIClient()
    client.force_login(ana)
    sent = {"old_password": "secret", "new_password1": "a long new one", "new_password2": "a long new one"}
    return client.post("/admin/password_change/", sent, format="multipart")


def of_erasure(ana):
    client = APIClient()
    client.force_authenticate(ana)
    return client.delete("/users/me", {"password": "secret"})


REQUESTS_WITH_PASSWORDS = {
    "token": lambda ana: APIClient().post("/tokens", CREDENTIALS),
    "token of nobody": lambda ana: APIClient().post("/tokens", CREDENTIALS | {"username": "nobody"}),
    "page": lambda ana: APIClient().post("/sign-in", CREDENTIALS, format="multipart"),
    "admin": lambda ana: APIClient().post("/admin/login/", CREDENTIALS, format="multipart"),
    "reset": of_reset,
    "change": of_change,
    "erasure": of_erasure,
}


@pytest.mark.parametrize("name", REQUESTS_WITH_PASSWORDS)
def test_one_password_is_hashed_at_a_time(ana, name):
    with costly(Costly.PASSWORD):
        answer = REQUESTS_WITH_PASSWORDS[name](ana)

    assert (answer.status_code, answer["Content-Type"], answer["Retry-After"]) == (503, "application/problem+json", "1")
    assert json.loads(answer.content)["detail"] == "This is done for others at the moment. Try again in a few seconds."
    assert User.objects.get(pk=ana.pk).password == ana.password


def test_hashes_of_the_default_hasher_are_verified(settings, ana):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
    ben = UserFactory(username="ben", password="secret")
    settings.PASSWORD_HASHERS = [HASHER]

    assert (ben.check_password("secret"), ben.check_password("Secret")) == (True, False)


def test_one_erasure_is_done_at_a_time(api_of):
    ana = UserFactory(password="secret")

    with costly(Costly.ERASURE):
        refused = api_of(ana).delete("/users/me", {"password": "secret"})

    assert (refused.status_code, User.objects.filter(pk=ana.pk).exists()) == (503, True)
    assert api_of(ana).delete("/users/me", {"password": "secret"}).status_code == 204


def test_a_sign_in_does_not_wait_for_an_export(api_of, ana):
    going_on = api_of(ana).get("/users/me/export")

    assert APIClient().post("/tokens", CREDENTIALS).status_code == 201
    close(going_on)


def test_exports_go_one_at_a_time_until_they_are_read_or_closed(api_of):
    ana, ben = UserFactory(), UserFactory()
    first = api_of(ana).get("/users/me/export")

    while_one_goes_on = [api_of(user).get("/users/me/export") for user in (ana, ben)]
    close(first)
    second = api_of(ana).get("/users/me/export")
    read = second.getvalue()
    third = api_of(ben).get("/users/me/export")
    close(third)

    assert [answer.status_code for answer in while_one_goes_on] == [429, 503]
    assert 1 <= int(while_one_goes_on[0]["Retry-After"]) <= 60
    assert (second.status_code, json.loads(read)["profile"]["id"], third.status_code) == (200, ana.pk, 200)
