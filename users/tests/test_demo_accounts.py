"""Tests that nobody signs in to a demo account in production."""

import importlib
import re
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth import BACKEND_SESSION_KEY
from django.core.management import CommandError, call_command
from django.test import Client
from knox.models import AuthToken

from users.models import User
from users.sessions import SessionStore
from users.tests.factories import UserFactory
from users.tests.test_accounts import NOW
from users.tokens import new_calendar_token

pytestmark = pytest.mark.django_db

marked_demo_users = importlib.import_module("users.migrations.0009_marked_demo_users")


@pytest.fixture
def account():
    return UserFactory(
        username="staff", email="staff@example.org", password="demo", is_staff=True, is_superuser=True, is_demo=True
    )


def _statuses(account, mailoutbox):
    """What each door answers: sign-in page, admin's sign-in, POST /tokens, session, token, calendar; and mails sent."""
    credentials = {"username": account.username, "password": "demo"}
    session, link = Client(), Client()
    session.force_login(account)
    _, token = AuthToken.objects.create(account)
    calendar = new_calendar_token(account, now=NOW)
    mailoutbox.clear()
    link.post("/password-reset", {"email": account.email})
    return [
        Client().post("/sign-in", credentials).status_code,
        Client().post("/admin/login/?next=/admin/", credentials).status_code,
        Client().post("/tokens", credentials, content_type="application/json").status_code,
        session.get("/users/me").status_code,
        session.get("/admin/").status_code,
        Client().get("/users/me", headers={"Authorization": f"Bearer {token}"}).status_code,
        Client().get(f"/recommendations.ics?token={calendar}").status_code,
        len(mailoutbox),
    ]


def test_demo_accounts_are_refused_at_every_door_while_debug_is_off(account, settings, mailoutbox):
    settings.DEBUG = True
    while_developing = _statuses(account, mailoutbox)
    settings.DEBUG = False
    in_production = _statuses(account, mailoutbox)

    assert while_developing == [302, 302, 201, 200, 200, 200, 200, 1]
    assert in_production == [403, 200, 401, 401, 302, 401, 401, 0]


def test_everybody_else_is_not(mailoutbox):
    other = UserFactory(username="ana", email="ana@example.org", password="demo", is_staff=True)

    assert _statuses(other, mailoutbox) == [302, 302, 201, 200, 200, 200, 200, 1]


def test_refusal_says_the_same_as_a_wrong_password(account, client):
    right, wrong = (
        client.post("/tokens", {"username": "staff", "password": password}, content_type="application/json")
        for password in ("demo", "wrong")
    )

    assert (right.status_code, right.content) == (wrong.status_code, wrong.content)


def test_link_that_was_mailed_before_is_no_good(account, settings, mailoutbox, client):
    settings.DEBUG = True
    client.post("/password-reset", {"email": account.email})
    (link,) = re.findall(r"http://\S+", mailoutbox[0].body)
    settings.DEBUG = False

    page = client.get(link, follow=True)

    assert (page.redirect_chain, b"password1" in page.content) == ([], False)


def test_session_of_0_1_goes_on():
    """It names Django's own backend."""
    user, browser = UserFactory(), Client()
    browser.force_login(user)
    session = SessionStore(browser.cookies["sessionid"].value)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session.save()

    assert browser.get("/users/me").status_code == 200
    User.objects.update(is_demo=True)
    assert browser.get("/users/me").status_code == 401


def test_create_token_refuses_a_demo_account(account):
    with pytest.raises(CommandError, match="staff is a demo account"):
        call_command("create_token", "staff")

    assert AuthToken.objects.count() == 0


def _erase_demo():
    output = StringIO()
    call_command("erase_user", demo=True, yes=True, stdout=output)
    return output.getvalue()


def test_demo_accounts_can_be_erased(account):
    UserFactory(username="kept")

    assert _erase_demo() == "1 demo accounts are erased.\n"
    assert _erase_demo() == "0 demo accounts are erased.\n"
    assert [user.username for user in User.objects.all()] == ["kept"]


def test_a_demo_account_does_not_count_as_a_superuser_in_production(account):
    last = UserFactory(username="last", is_superuser=True)

    with pytest.raises(CommandError, match="last active superuser"):
        call_command("erase_user", last.username, yes=True, stdout=StringIO())

    assert User.objects.count() == 2


@pytest.mark.parametrize(("password", "is_marked"), [("demo", True), ("a better one", False)])
def test_migration_marks_staff_by_the_known_password_too(password, is_marked):
    UserFactory(username="staff", email="robin@real.example", password=password, is_superuser=True)

    marked_demo_users.mark(apps, None)

    assert User.objects.get().is_demo is is_marked
