"""Tests that no hostile header breaks anything, nor what is typed into the pages with forms."""

import logging
import re
from io import BytesIO
from urllib.parse import quote
from wsgiref.util import setup_testing_defaults

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.db import transaction
from django.urls import reverse
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from config.http.application import Application
from config.tests.hostile_answers import fault_of
from config.tests.hostile_values import TEXT_VALUES
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
# As a server hands them on.
HEADERS = {name: value.decode("latin-1") for name, value in TEXT_VALUES.items()}
_UNREAD = (
    "Accept-Language",
    "If-None-Match",
    "Origin",
    "Range",
    "Referer",
    "X-Forwarded-For",
    "X-HTTP-Method-Override",
)
_MAX_PAGE_BYTES = 20_000


@pytest.fixture(autouse=True)
def _as_often_as_one_likes(settings, caplog):
    caplog.set_level(logging.CRITICAL)
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = settings.REQUESTS_PER_MINUTE = settings.SIGN_INS_PER_MINUTE = 0


@pytest.mark.parametrize("header", ["{}", "Bearer {}", "bearer  {0} {0}"])
def test_no_hostile_token_signs_in(client, header):
    for name, value in HEADERS.items():
        answer = client.get("/users/me", headers={"Authorization": header.format(value)})

        assert fault_of(answer, value.encode(), 401) is None, name


def test_no_hostile_session_signs_in(client):
    for name, value in HEADERS.items():
        answer = client.get("/users/me", headers={"Cookie": f"sessionid={value}; csrftoken={value}; messages={value}"})

        assert fault_of(answer, value.encode(), 401) is None, name


@pytest.mark.parametrize(
    ("prefix", "path", "status"),
    [
        ("/evil", "/", "404"),
        ("/evil", "/healthz", "404"),
        ("/users", "/me", "401"),
        ("/", "healthz", "200"),
        ("", "/", "302"),
    ],
)
def test_the_prefix_that_a_client_names_is_part_of_the_path(settings, prefix, path, status):
    settings.PUBLIC_BROWSING = False
    said = {}
    environ = {"SCRIPT_NAME": prefix, "PATH_INFO": path, "HTTP_SCRIPT_NAME": "/evil", "HTTP_HOST": "testserver"}
    setup_testing_defaults(environ)

    body = b"".join(Application()(environ, lambda status, headers: said.update(headers, status=status)))

    assert said["status"][:3] == status
    assert b"/evil" not in body
    assert said.get("Location", "/sign-in?next=/") == "/sign-in?next=/"


def test_no_hostile_content_type_is_read():
    application = Application()
    forms = ("{}", "application/json; charset={}x", "application/json; charset*=utf-8''{}", "a/b; x*={}''x")
    for name, value in HEADERS.items():
        for form in forms:
            environ = {
                "REQUEST_METHOD": "POST",
                "PATH_INFO": "/tokens",
                "HTTP_HOST": "testserver",
                "CONTENT_LENGTH": "2",
            }
            environ["CONTENT_TYPE"] = form.format(value if "*" not in form else quote(TEXT_VALUES[name]))
            setup_testing_defaults(environ)
            # Django's test client makes requests of its own kind.
            answer = application.get_response(application.request_class({**environ, "wsgi.input": BytesIO(b"{}")}))

            assert fault_of(answer, value.encode(), 415) is None, (name, form)


def test_no_hostile_request_id_comes_back(client):
    for name, value in HEADERS.items():
        answer = client.get("/healthz", headers={"X-Request-ID": value})

        assert answer.status_code == 200
        assert re.fullmatch(r"[A-Za-z0-9._-]{1,64}", answer["X-Request-ID"]), name


@pytest.mark.parametrize(("header", "expected"), [("Accept", 406), ("Host", 400), *((name, 200) for name in _UNREAD)])
def test_other_headers_are_refused_or_not_read(api_of, header, expected):
    client = api_of(UserFactory())
    for name, value in HEADERS.items():
        answer = client.get("/categories", headers={header: value})

        assert fault_of(answer, value.encode(), expected) is None, name


@pytest.mark.parametrize(
    ("path", "field", "others"),
    [
        ("/admin/login/", "username", {"password": "wrong"}),
        ("/admin/login/", "password", {"username": "ada"}),
        ("/admin/login/", "next", {"username": "ada", "password": "wrong"}),
        ("/password-reset", "email", {}),
    ],
)
def test_what_is_typed_into_a_form_is_escaped_and_nobody_signs_in(client, path, field, others):
    for name, value in HEADERS.items():
        answer = client.post(path, {**others, field: TEXT_VALUES[name].decode("utf-8", "replace")})

        assert answer.status_code in (200, 302), name
        assert answer.headers.get("Location", "/password-reset/sent") == "/password-reset/sent", name
        assert b"<script>alert(1)" not in answer.content, name
        # What one typed stands in the form again.
        assert len(answer.content) - answer.content.count(value.encode()) * len(value) < _MAX_PAGE_BYTES, name


def test_no_hostile_new_password_breaks_the_page(client):
    user = UserFactory(username="ada", password="secret")
    pair = urlsafe_base64_encode(force_bytes(user.pk)), default_token_generator.make_token(user)
    form = client.get(reverse("password_reset_confirm", args=pair), follow=True).redirect_chain[-1][0]
    for name, value in TEXT_VALUES.items():
        typed = value.decode("utf-8", "replace")
        with transaction.atomic():
            # Some are good passwords.
            answer = client.post(form, {"password1": typed, "password2": typed})
            transaction.set_rollback(True)

        assert answer.status_code in (200, 302), name
        assert value not in answer.content or len(value) < 200, name


def test_hostile_links_to_a_new_password_lead_nowhere(client):
    for name, value in TEXT_VALUES.items():
        for path in (b"%s/x", b"MQ/%s", b"%s-x", b"1-%s"):
            answer = client.generic("GET", (b"/password-reset/" + path % value).decode("latin-1"))

            # Those of 0.1 are led to how they look now.
            assert answer.status_code in (200, 302, 400, 404), name
