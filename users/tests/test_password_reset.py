"""Tests of the limits on mails to set a new password."""

from datetime import UTC, datetime, timedelta

import pytest

from users.models import RateLimitUse
from users.password_reset import may_be_mailed
from users.tests.factories import UserFactory

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def _ask(client, email, *, host):
    return client.post("/password-reset", {"email": email}, REMOTE_ADDR=host)


def test_strangers_cannot_flood_a_mailbox_and_its_owner_is_not_refused(client, mailoutbox):
    UserFactory(email="ana@example.org", password="x")

    strangers = [_ask(client, "ANA@example.org", host=f"192.0.2.{number}") for number in range(20)]
    owner = _ask(client, "ana@example.org", host="198.51.100.1")

    assert [mail.to for mail in mailoutbox] == [["ana@example.org"]] * 3
    assert {(answer.status_code, answer["Location"], answer.content) for answer in (*strangers, owner)} == {
        (302, "/password-reset/sent", b"")
    }


def test_mails_of_another_address_still_go_out(client, mailoutbox):
    UserFactory(email="ana@example.org", password="x")
    UserFactory(email="ben@example.org", password="x")
    for number in range(4):
        _ask(client, "ana@example.org", host=f"192.0.2.{number}")

    _ask(client, "ben@example.org", host="192.0.2.1")

    assert [mail.to[0][:3] for mail in mailoutbox] == ["ana", "ana", "ana", "ben"]


def test_client_that_asks_too_often_is_refused_whatever_addresses_it_names(client, settings, mailoutbox):
    settings.SIGN_INS_PER_MINUTE = 2

    answers = [_ask(client, f"user{number}@example.org", host="192.0.2.1") for number in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 30
    assert _ask(client, "user2@example.org", host="192.0.2.2").status_code == 302


def test_unknown_addresses_are_not_counted(client):
    _ask(client, "nobody@example.org", host="192.0.2.1")

    assert [row.key.partition(":")[0] for row in RateLimitUse.objects.all()] == ["password-reset"]


def test_three_mails_in_any_hour():
    minutes = (0, 1, 2, 20, 40, 59, 60, 60, 61, 62, 63, 119, 120)

    granted = [minute for minute in minutes if may_be_mailed("ana@example.org", now=NOW + timedelta(minutes=minute))]

    assert granted == [0, 1, 2, 60, 61, 62, 120]


def test_wrong_passwords_from_elsewhere_do_not_keep_an_owner_from_signing_in(client, settings):
    """On the page, at the admin and for a token."""
    settings.SIGN_INS_PER_MINUTE = 3
    UserFactory(username="ana", password="right", is_staff=True)
    doors = {"/sign-in": 302, "/admin/login/": 302, "/tokens": 201}

    def sign_in(password, host):
        credentials = {"username": "ana", "password": password}
        return [
            client.post(door, credentials, REMOTE_ADDR=host, content_type="application/json").status_code
            if door == "/tokens"
            else client.post(door, credentials, REMOTE_ADDR=host).status_code
            for door in doors
        ]

    refused = [sign_in("wrong", "192.0.2.1") for _ in range(3)]

    assert refused[-1][-1] == 429
    assert sign_in("right", "198.51.100.1") == list(doors.values())
