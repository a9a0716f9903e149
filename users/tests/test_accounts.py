"""Tests of sign-up, verified addresses, reset and change of password and address, and of the limits on their mails."""

import importlib
import re
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import pytest
from allauth.account.models import EmailAddress
from django.apps import apps
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client

from users.accounts import SignUpForm
from users.models import RateLimitUse, User
from users.rate_limits import may_be_mailed
from users.tests.factories import UserFactory
from users.tokens import new_calendar_token, new_token

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def ask_for_a_mail(client, email, *, host):
    return client.post("/password-reset", {"email": email}, REMOTE_ADDR=host)


def test_strangers_cannot_flood_a_mailbox_and_its_owner_is_not_refused(client, mailoutbox):
    UserFactory(email="ana@example.org", password="x")

    strangers = [ask_for_a_mail(client, "ANA@example.org", host=f"192.0.2.{number}") for number in range(20)]
    owner = ask_for_a_mail(client, "ana@example.org", host="198.51.100.1")

    assert [mail.to for mail in mailoutbox] == [["ana@example.org"]] * 3
    assert {(answer.status_code, answer["Location"], answer.content) for answer in (*strangers, owner)} == {
        (302, "/password-reset/sent", b"")
    }


def test_mails_of_another_address_still_go_out(client, mailoutbox):
    UserFactory(email="ana@example.org", password="x")
    UserFactory(email="ben@example.org", password="x")
    for number in range(4):
        ask_for_a_mail(client, "ana@example.org", host=f"192.0.2.{number}")

    ask_for_a_mail(client, "ben@example.org", host="192.0.2.1")

    assert [mail.to[0][:3] for mail in mailoutbox] == ["ana", "ana", "ana", "ben"]


def test_client_that_asks_too_often_is_refused_whatever_addresses_it_names(client, settings, mailoutbox):
    settings.SIGN_INS_PER_MINUTE = 2

    answers = [ask_for_a_mail(client, f"user{number}@example.org", host="192.0.2.1") for number in range(3)]

    assert [answer.status_code for answer in answers] == [302, 302, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 30
    assert ask_for_a_mail(client, "user2@example.org", host="192.0.2.2").status_code == 302


def test_unknown_addresses_are_not_counted(client):
    ask_for_a_mail(client, "nobody@example.org", host="192.0.2.1")

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


# --- Who may sign in ----------------------------------------------------------------------------------------------

PASSWORD = "correct horse"


def doors(name, password=PASSWORD):
    """Return what the page, the admin and POST /tokens answer."""
    credentials = {"username": name, "password": password}
    return [
        Client().post("/sign-in", credentials).status_code,
        Client().post("/admin/login/?next=/admin/", credentials).status_code,
        Client().post("/tokens", credentials, content_type="application/json").status_code,
    ]


LET_IN, REFUSED = [302, 302, 201], [403, 200, 401]


@pytest.fixture
def staff_ana():
    return UserFactory(username="ana", email="Ana@Example.org", password=PASSWORD, is_staff=True)


def test_the_address_works_in_the_place_of_the_username_in_any_case(staff_ana):
    names = ("ana", "Ana@Example.org", "ANA@EXAMPLE.ORG")

    assert {name: doors(name) for name in names} == dict.fromkeys(names, LET_IN)
    assert [doors(name) for name in ("Ana", "ana@example.com", "example.org", "")] == [REFUSED] * 3 + [[403, 200, 400]]
    assert doors("ana@example.org", "wrong") == REFUSED


def test_a_username_that_looks_like_an_address_comes_before_the_address(staff_ana):
    UserFactory(username="ana@example.org", password="battery staple", is_staff=True)

    assert (doors("ana@example.org", "battery staple"), doors("ana@example.org")) == (LET_IN, REFUSED)


@pytest.mark.parametrize(
    ("addresses", "expected"),
    [([], LET_IN), ([True], LET_IN), ([False], REFUSED), ([True, False], LET_IN), ([False, False], REFUSED)],
)
def test_an_address_that_is_not_verified_is_refused_everywhere_but_in_the_demo(
    staff_ana, settings, addresses, expected
):
    _, token = new_token(staff_ana)
    calendar = new_calendar_token(staff_ana, now=NOW)
    session = Client()
    session.force_login(staff_ana)
    for number, verified in enumerate(addresses):
        EmailAddress.objects.create(
            user=staff_ana, email=f"ana{number}@example.org", verified=verified, primary=number == 0
        )

    def answers():
        return [
            *doors("ana"),
            session.get("/users/me").status_code,
            Client().get("/users/me", headers={"Authorization": f"Bearer {token}"}).status_code,
            Client().get(f"/recommendations.ics?token={calendar}").status_code,
        ]

    in_production = answers()
    settings.DEBUG = True

    assert in_production == expected + ([200] * 3 if expected == LET_IN else [401] * 3)
    assert answers()[:3] == LET_IN


def test_a_refusal_takes_one_hash_whoever_it_is(staff_ana, settings, monkeypatch):
    """Or how long it takes would tell who has an account."""
    settings.PASSWORD_HASHERS = ["users.tests.test_accounts.CountingHasher"]
    staff_ana.set_password(PASSWORD)
    staff_ana.save()
    EmailAddress.objects.create(user=staff_ana, email="ana@example.org", verified=False)
    hashed = {}

    for name in ("ana", "ana@example.org", "nobody", "nobody@example.org"):
        CountingHasher.number = 0
        doors(name)
        hashed[name] = CountingHasher.number

    assert hashed == dict.fromkeys(hashed, 3)


class CountingHasher(MD5PasswordHasher):
    number = 0

    def encode(self, password, salt):
        CountingHasher.number += 1
        return super().encode(password, salt)


def test_create_token_says_why_it_refuses(staff_ana):
    EmailAddress.objects.create(user=staff_ana, email="ana@example.org", verified=False)

    with pytest.raises(CommandError, match="ana has not verified the e-mail address"):
        call_command("create_token", "ana")


def test_migration_verifies_the_addresses_that_are_there(monkeypatch):
    migration = importlib.import_module("users.migrations.0016_verified_email_addresses")
    monkeypatch.setattr(migration, "_BATCH", 2)
    users = [UserFactory(email=email) for email in ("Ana@Example.org", "", "ben@example.org", "cleo@example.org")]
    EmailAddress.objects.create(user=users[3], email="cleo@example.org", verified=False)

    for _ in range(2):  # A second time changes nothing: it may be interrupted.
        with connection.schema_editor() as editor:
            migration.verify(apps, editor)

    assert list(EmailAddress.objects.order_by("pk").values_list("user", "email", "verified", "primary")) == [
        (users[3].pk, "cleo@example.org", False, False),
        (users[0].pk, "ana@example.org", True, True),
        (users[2].pk, "ben@example.org", True, True),
    ]


# --- Sign-up ------------------------------------------------------------------------------------------------------


def sign_up(browser, email="new@example.org", password=PASSWORD, **more):
    return browser.post("/sign-up", {"email": email, "password1": password, **more})


def link_in(mail):
    (path,) = re.findall(r"http://testserver(/\S+)", mail.body)
    return path


def verify(browser, mail):
    """Follow the link of a mail and press the button."""
    page = browser.get(link_in(mail))
    assert (page.status_code, b"Confirm " in page.content) == (200, True)
    return browser.post(link_in(mail))


def test_sign_up_verifies_and_leads_on(client, mailoutbox):
    answer = sign_up(client, "New.Person@Example.org", next="/e/5")

    user = User.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/confirm-email")
    assert (user.email, user.username) == ("new.person@example.org", "new.person")
    assert (doors("new.person@example.org"), client.get("/users/me").status_code) == (REFUSED, 401)
    [mail] = mailoutbox
    assert (mail.to, mail.subject) == (["new.person@example.org"], "Confirm your e-mail address for Marquee")
    verified = verify(client, mail)
    assert (verified.status_code, verified["Location"]) == (302, led_to("/e/5"))
    assert (client.get("/users/me").json()["email"], doors("new.person")[0]) == ("new.person@example.org", 302)
    assert client.get(link_in(mail)).content.count(b"This link no longer works") == 1


def led_to(path):
    """Return where a sign-up leads that began on the way to a page."""
    return "/welcome" if path == "/" else f"/welcome?next={quote(path, safe='')}"


def test_a_link_that_is_followed_elsewhere_verifies_and_signs_nobody_in(client, mailoutbox):
    sign_up(client)
    elsewhere = Client()

    verified = verify(elsewhere, mailoutbox[0])

    assert (verified["Location"], elsewhere.get("/users/me").status_code) == ("/confirm-email/done", 401)
    assert doors("new@example.org") == [302, 200, 201]


def test_nobody_is_led_to_another_host_by_a_sign_up(client, mailoutbox):
    sign_up(client, next="https://evil.example/")

    assert verify(client, mailoutbox[0])["Location"] == led_to("/")


def test_in_the_demo_sign_up_leads_straight_on(client, settings, mailoutbox):
    settings.DEBUG = True

    answer = sign_up(client, next="/e/5")

    assert (answer["Location"], client.get("/users/me").status_code, len(mailoutbox)) == (led_to("/e/5"), 200, 1)


def test_sign_up_is_closed_unless_the_setting_opens_it(client, settings):
    settings.SIGN_UP = False

    assert [client.get("/sign-up").status_code, sign_up(client).status_code] == [403, 403]
    assert User.objects.count() == 0
    assert "Sign up" not in client.get("/sign-in").content.decode()


@pytest.mark.parametrize(
    ("email", "password", "wrong"),
    [
        ("", PASSWORD, "email"), ("no address", PASSWORD, "email"), ("x@example.org", "", "password1"),
        ("x@example.org", "short", "password1"), ("x@example.org", "12345678901", "password1"),
        (f"{'x' * 64}@{'y' * 60}.{'y' * 60}.{'y' * 60}.{'y' * 60}.org", PASSWORD, "email"),
        ('"\x01"@example.org', PASSWORD, "email"), ("trombone@example.org", "trombone", "password1"),
    ],
)  # fmt: skip
def test_bad_sign_ups_say_what_is_wrong_and_store_nothing(client, mailoutbox, email, password, wrong):
    answer = sign_up(client, email, password)

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [wrong])
    assert (User.objects.count(), RateLimitUse.objects.count(), mailoutbox) == (0, 0, [])


def _shown(answer):
    return answer.status_code, sorted(answer.items()), answer.content, sorted(answer.cookies)


@pytest.mark.parametrize("address", ["ana@example.org", "ANA@EXAMPLE.ORG", "cleo@example.org"])
def test_a_sign_up_does_not_tell_who_has_an_account(settings, mailoutbox, address):
    """Not by its answer, and not by the number of hashes; the address is told by mail."""
    settings.PASSWORD_HASHERS = ["users.tests.test_accounts.CountingHasher"]
    UserFactory(email="Ana@Example.org", password=PASSWORD)
    cleo = UserFactory(email="cleo@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=cleo, email="cleo@example.org", verified=False)
    shown, hashed = [], []
    for email in ("new@example.org", address):
        CountingHasher.number = 0
        answer = sign_up(Client(), email)
        # Of each request its own, or by the clock.
        del answer.headers["X-Request-ID"], answer.headers["Server-Timing"], answer.headers["Expires"]
        shown.append(_shown(answer))
        hashed.append(CountingHasher.number)

    assert shown[0] == shown[1]
    assert hashed == [1, 1]
    assert (User.objects.count(), [mail.to for mail in mailoutbox]) == (3, [["new@example.org"], [address.lower()]])
    assert mailoutbox[1].subject == "You have an account at Marquee"
    assert link_in(mailoutbox[1]) == "/password-reset"


def test_usernames_are_unique(client):
    UserFactory(username="new")
    for email in ("new@example.org", "new@example.com", "NEW@example.net"):
        sign_up(client, email)

    assert len({user.username.lower() for user in User.objects.all()}) == 4


def test_an_address_that_somebody_wants_to_change_to_can_sign_up_and_must_be_verified(client, mailoutbox):
    """allauth alone would make no row for the new user, who could then sign in."""
    ana = UserFactory(email="ana@example.org", password=PASSWORD)
    EmailAddress.objects.create(user=ana, email="ana@example.org", verified=True, primary=True)
    EmailAddress.objects.create(user=ana, email="new@example.org", verified=False)

    sign_up(client)

    assert doors("new@example.org") == REFUSED
    verify(client, mailoutbox[0])
    assert (doors("new@example.org")[0], doors("ana@example.org")[0]) == (302, 302)


def test_two_sign_ups_of_one_address_at_once_make_one_account(client, mailoutbox, monkeypatch):
    """The second has looked for the address before the first was stored."""
    sign_up(client)
    monkeypatch.setattr(
        SignUpForm, "validate_unique_email", lambda form, value: setattr(form, "account_already_exists", False) or value
    )

    answer = sign_up(Client())

    assert (answer["Location"], User.objects.count(), len(mailoutbox)) == ("/confirm-email", 1, 2)


def test_sign_ups_are_limited_by_the_clients_address(client, settings):
    settings.SIGN_UPS_PER_HOUR = 2
    UserFactory(email="user1@example.org")

    answers = [sign_up(client, f"user{number}@example.org") for number in range(4)]

    assert [answer.status_code for answer in answers] == [302, 302, 429, 429]
    assert 1 <= int(answers[2]["Retry-After"]) <= 1800
    assert answers[2].context["form"].non_field_errors()[0].startswith("Too many attempts.")
    assert (
        client.post("/sign-up", {"email": "x@example.org", "password1": PASSWORD}, REMOTE_ADDR="192.0.2.9").status_code
        == 302
    )


def test_strangers_cannot_flood_a_mailbox_by_signing_up(mailoutbox):
    for number in range(5):
        Client().post("/sign-up", {"email": "ana@example.org", "password1": PASSWORD}, REMOTE_ADDR=f"192.0.2.{number}")

    assert len(mailoutbox) == 3


def test_a_mail_that_cannot_be_sent_changes_no_answer(client, settings, caplog):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    UserFactory(email="ana@example.org", password=PASSWORD)

    answers = [
        sign_up(client),
        sign_up(Client(), "ana@example.org"),
        ask_for_a_mail(client, "ana@example.org", host="192.0.2.1"),
    ]

    assert [answer.status_code for answer in answers] == [302] * 3
    assert [record.getMessage() for record in caplog.records] == ["A mail could not be sent. See EMAIL_URL."] * 3
