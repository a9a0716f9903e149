"""Tests of new passwords and changed addresses."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.tokens import default_token_generator
from django.test import Client
from django.utils.http import urlsafe_base64_encode

from users.models import User
from users.tests.factories import UserFactory
from users.tests.test_accounts import PASSWORD, ask_for_a_mail, doors, link_in, sign_up, verify
from users.tokens import new_token

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def set_password(browser, link, password="battery staple"):
    form = browser.get(link, follow=True)
    return browser.post(form.redirect_chain[-1][0], {"password1": password, "password2": password})


def test_a_new_password_by_mail_verifies_the_address(client, mailoutbox):
    """Whoever signed up with another's address has lost the account to its owner."""
    sign_up(client)
    ask_for_a_mail(client, "NEW@example.org", host="192.0.2.1")

    answer = set_password(client, link_in(mailoutbox[1]))

    assert answer["Location"] == "/password-reset/complete"
    assert (doors("new@example.org")[0], doors("new@example.org", "battery staple")[0]) == (403, 302)
    assert mailoutbox[1].subject == "Set a new password for Marquee"


def test_links_of_0_1_lead_to_a_new_password_once(client):
    ana = UserFactory(username="ana", password=PASSWORD)
    link = f"/password-reset/{urlsafe_base64_encode(str(ana.pk).encode())}/{default_token_generator.make_token(ana)}"

    set_password(client, link)

    assert doors("ana", "battery staple")[0] == 302
    assert b"This link no longer works" in client.get(link, follow=True).content


def test_nobody_without_a_password_gets_one_by_mail(client, mailoutbox):
    UserFactory(email="ana@example.org")

    ask_for_a_mail(client, "ana@example.org", host="192.0.2.1")

    assert mailoutbox == []


@pytest.fixture
def ana():
    return UserFactory(username="ana", email="Ana@Example.org", password=PASSWORD)


@pytest.fixture
def browser(ana):
    client = Client()
    client.force_login(ana)
    return client


def test_change_of_the_password_ends_other_sessions_and_tokens(ana, browser):
    other, (_, token) = Client(), new_token(ana)
    other.force_login(ana)

    answer = browser.post(
        "/password-change", {"oldpassword": PASSWORD, "password1": "battery staple", "password2": "battery staple"}
    )

    assert answer["Location"] == "/password-change/done"
    assert [
        browser.get("/users/me").status_code,
        other.get("/users/me").status_code,
        Client().get("/users/me", headers={"Authorization": f"Bearer {token}"}).status_code,
    ] == [200, 401, 401]
    assert doors("ana", "battery staple")[0] == 302


def test_old_passwords_are_counted_on_the_pages(ana, browser, settings):
    settings.SIGN_INS_PER_MINUTE = 2
    password = {"oldpassword": "wrong", "password1": "battery staple", "password2": "battery staple"}
    email = {"action_add": "", "email": "new@example.org", "password": PASSWORD}

    answers = [browser.post("/password-change", password) for _ in range(3)] + [browser.post("/email-change", email)]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[0].context["form"].errors["oldpassword"] == ["This is not your password."]
    assert EmailAddress.objects.filter(verified=False).count() == 0


def change_email(browser, email="new@example.org", password=PASSWORD):
    return browser.post("/email-change", {"action_add": "", "email": email, "password": password})


def test_the_address_changes_once_the_new_one_is_verified(ana, browser, mailoutbox):
    changed = change_email(browser)

    ana.refresh_from_db()
    assert (changed.status_code, ana.email, doors("ana@example.org")[0]) == (302, "Ana@example.org", 302)
    assert (mailoutbox[0].to, mailoutbox[0].subject) == (
        ["new@example.org"], "Confirm your new e-mail address for Marquee",
    )  # fmt: skip
    assert "new@example.org" in browser.get("/email-change").content.decode()
    assert verify(browser, mailoutbox[0])["Location"] == "/email-change"
    ana.refresh_from_db()
    assert (ana.email, doors("ana@example.org")[0], doors("new@example.org")[0]) == ("new@example.org", 403, 302)
    assert [(row.email, row.verified) for row in EmailAddress.objects.all()] == [("new@example.org", True)]


def test_looking_at_the_page_locks_nobody_out(ana, browser):
    """allauth alone takes the address that staff gave for one that is not verified."""
    assert browser.get("/email-change").status_code == 200

    assert (browser.get("/users/me").status_code, doors("ana")[0]) == (200, 302)


@pytest.mark.parametrize(
    ("email", "password", "wrong"),
    [
        ("no address", PASSWORD, "email"), ("ana@example.org", PASSWORD, "email"), ("x@example.org", "wrong", "password"),
        (f"{'x' * 64}@{'y' * 60}.{'y' * 60}.{'y' * 60}.{'y' * 60}.org", PASSWORD, "email"),
    ],
)  # fmt: skip
def test_bad_changes_of_the_address_change_nothing(browser, mailoutbox, email, password, wrong):
    answer = change_email(browser, email, password)

    assert (answer.status_code, list(answer.context["form"].errors)) == (200, [wrong])
    assert (mailoutbox, EmailAddress.objects.filter(verified=False).count()) == ([], 0)


def test_a_change_does_not_tell_who_has_an_account_and_takes_nobodys_address(ana, browser, mailoutbox):
    UserFactory(email="Ben@Example.org")

    changed = change_email(browser, "ben@example.org")
    page = browser.get(link_in(mailoutbox[0]))
    confirmed = browser.post(link_in(mailoutbox[0]))

    ana.refresh_from_db()
    assert (changed.status_code, changed["Location"]) == (302, "/email-change")
    assert b"Another account has this address" in page.content
    assert (confirmed.status_code, ana.email) == (409, "Ana@example.org")


def test_changes_of_the_address_are_limited(browser, mailoutbox):
    answers = [change_email(browser, f"new{number}@example.org").status_code for number in range(6)]

    assert (answers, len(mailoutbox)) == ([302] * 5 + [429], 5)


def test_a_change_can_be_taken_back_and_its_mail_sent_again(browser, mailoutbox):
    change_email(browser)

    browser.post("/email-change", {"action_send": "", "email": "new@example.org"})
    browser.post("/email-change", {"action_remove": "", "email": "new@example.org"})

    assert (len(mailoutbox), EmailAddress.objects.filter(email="new@example.org").count()) == (2, 0)
    assert b"This link no longer works" in browser.get(link_in(mailoutbox[1])).content


def test_address_that_staff_give_needs_no_verification(client, staff):
    sign_up(client)
    user = User.objects.get(email="new@example.org")
    page = staff.get(f"/admin/users/user/{user.pk}/change/").context["adminform"].form.initial
    kept = {name: page[name] for name in ("username", "display_name")}
    [address] = EmailAddress.objects.all()
    form = {
        **kept, "email": "right@example.org", "personal_ranking": "on", "is_active": "on", "date_joined_0": "2026-05-01",
        "date_joined_1": "12:00", "emailaddress_set-TOTAL_FORMS": "1", "emailaddress_set-INITIAL_FORMS": "1",
        "emailaddress_set-0-id": address.pk, "emailaddress_set-0-user": user.pk,
    }  # fmt: skip

    answer = staff.post(f"/admin/users/user/{user.pk}/change/", form)

    assert (answer.status_code, EmailAddress.objects.count()) == (302, 0)
    assert doors("right@example.org") == [302, 200, 201]
