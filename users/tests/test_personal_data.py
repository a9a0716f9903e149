"""Tests of the export and the erasure of the own data: over HTTP and as commands."""

import json
from datetime import UTC, datetime

import pytest
import time_machine
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from knox.models import AuthToken
from rest_framework.test import APIClient

from users.models import Session, User
from users.tests.factories import UserFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture
def ana():
    return UserFactory(username="ana", email="ana@example.org", password="secret", interests=["music"], date_joined=NOW)


def body_of(answer):
    return json.loads(answer.getvalue())


def export_of(client):
    return body_of(client.get("/users/me/export"))


def test_export_is_a_file_of_everything(api_of, ana):
    ana.groups.set([Group.objects.create(name="clerks")])
    with time_machine.travel(NOW, tick=False):
        row, _ = AuthToken.objects.create(ana)
        answer = api_of(ana).get("/users/me/export")

    body = body_of(answer)
    assert (answer["Content-Type"], answer["Content-Disposition"], answer["Cache-Control"]) == (
        "application/json", f'attachment; filename="marquee-{ana.pk}.json"', "private, no-store",
    )  # fmt: skip
    assert body["exportedAt"] == "2026-05-01T12:00:00Z"
    assert body["profile"] == {
        "id": ana.pk, "lastLogin": None, "isSuperuser": False, "username": "ana", "firstName": "", "lastName": "",
        "email": "ana@example.org", "isStaff": False, "isActive": True, "dateJoined": "2026-05-01T12:00:00Z",
        "displayName": "", "interests": ["music"], "latitude": None, "longitude": None, "personalRanking": True,
    }  # fmt: skip
    assert body["authTokens"] == [
        {"created": "2026-05-01T12:00:00Z", "userId": ana.pk, "expiry": row.expiry.isoformat().replace("+00:00", "Z")}
    ]
    assert [row["groupName"] for row in body["userGroupRelationships"]] == ["clerks"]
    assert (body["logEntries"], body["sessions"]) == ([], [])


def test_export_holds_no_secret_and_nobody_else(ana):
    client = APIClient()
    client.login(username="ana", password="secret")
    row, token = AuthToken.objects.create(ana)
    AuthToken.objects.create(UserFactory(username="ben"))
    ana.refresh_from_db()

    body = export_of(client)

    session = Session.objects.get()
    secrets = [ana.password, token, row.digest, row.token_key, session.session_key, session.session_data, "ben"]
    assert [secret for secret in secrets if secret in json.dumps(body)] == []
    assert (len(body["authTokens"]), [row["userId"] for row in body["sessions"]]) == (1, [ana.pk])


def test_export_is_made_six_times_a_minute(api_of, ana):
    client = api_of(ana)
    with time_machine.travel(NOW, tick=False):
        for _ in range(6):
            export_of(client)
        answer = client.get("/users/me/export")

    assert (answer.status_code, answer["Retry-After"]) == (429, "10")


def test_erasure_needs_the_password_and_ends_everything(ana, api_by_token):
    browser, by_token = APIClient(), api_by_token(AuthToken.objects.create(ana)[1])
    for client in (browser, APIClient()):
        client.login(username="ana", password="secret")

    refused = browser.delete("/users/me", {"password": "Secret"})
    assert (refused.status_code, list(refused.json()["errors"]), User.objects.count()) == (400, ["password"], 1)

    answer = by_token.delete("/users/me", {"password": "secret"})

    assert (answer.status_code, answer.content) == (204, b"")
    assert [User.objects.count(), Session.objects.count(), AuthToken.objects.count()] == [0, 0, 0]
    assert [client.get("/users/me").status_code for client in (browser, by_token)] == [401, 401]


def test_erasure_by_session_leaves_no_session(ana):
    browser = APIClient()
    browser.login(username="ana", password="secret")

    assert browser.delete("/users/me", {"password": "secret"}).status_code == 204
    assert (Session.objects.count(), browser.cookies["sessionid"].value) == (0, "")


def test_password_is_not_guessed_here(api_of, ana, settings):
    settings.SIGN_INS_PER_MINUTE = 3
    client = api_of(ana)

    answers = [client.delete("/users/me", {"password": "x"}).status_code for _ in range(4)]

    assert answers == [400, 400, 400, 429]


def test_last_superuser_stays(api_of, capsys):
    one = UserFactory(username="one", password="secret", is_superuser=True)
    two = UserFactory(username="two", is_superuser=True)
    UserFactory(username="gone", is_superuser=True, is_active=False)
    call_command("erase_user", "two", "--yes")

    answer = api_of(one).delete("/users/me", {"password": "secret"})

    assert (answer.status_code, answer.json()["detail"]) == (
        409, "This is the last active superuser, and nobody could make another. Make one first: manage.py createsuperuser.",
    )  # fmt: skip
    with pytest.raises(CommandError, match="This is the last active superuser"):
        call_command("erase_user", "one", "--yes")
    # The allowance is the password's, which was right and counts too.
    assert capsys.readouterr().out.splitlines() == [f"two (#{two.pk}) is erased.", "        1 allowances"]
    assert set(User.objects.values_list("username", flat=True)) == {"one", "gone"}


@pytest.mark.parametrize(("answer", "left"), [("y", 0), ("YES", 0), ("n", 1), ("", 1), (None, 1)])
def test_erase_user_asks(ana, monkeypatch, capsys, answer, left):
    AuthToken.objects.create(ana)
    asked = []

    def answering(question):
        asked.append(question)
        if answer is None:
            raise EOFError
        return answer

    monkeypatch.setattr("builtins.input", answering)

    if left:
        with pytest.raises(CommandError, match="Nothing was erased"):
            call_command("erase_user", "ana@example.org")
    else:
        call_command("erase_user", "ana@example.org")

    assert asked == [f"Erase ana (#{ana.pk}) with all of this? It cannot be undone. [y/N] "]
    assert capsys.readouterr().out.splitlines()[0] == "        1 auth tokens"
    assert User.objects.count() == left


def test_export_user_is_what_the_user_gets(api_of, ana, capsys, tmp_path):
    file = tmp_path / "ana.json"
    with time_machine.travel(NOW, tick=False):
        served = export_of(api_of(ana))
        call_command("export_user", "ana")
        call_command("export_user", "ana", "--file", str(file))

    printed, written = json.loads(capsys.readouterr().out), json.loads(file.read_text())
    for document in (served, printed, written):
        # An export over HTTP says in its allowances that it goes on.
        document["allowances"] = [row for row in document["allowances"] if "ongoing" not in row["key"]]
    assert printed == written == served
    assert (file.stat().st_mode & 0o777, list(tmp_path.iterdir())) == (0o600, [file])


def test_export_user_overwrites_nothing(ana, tmp_path):
    file = tmp_path / "ana.json"
    file.write_text("mine")

    with pytest.raises(CommandError, match="File exists"):
        call_command("export_user", "ana", "--file", str(file))
    with pytest.raises(CommandError, match='There is no user "bob"'):
        call_command("export_user", "bob")
    with pytest.raises(CommandError, match='There is no user "bob"'):
        call_command("erase_user", "bob", "--yes")

    assert (file.read_text(), list(tmp_path.iterdir())) == ("mine", [file])
