"""Tests of what the history keeps of changes to users."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.test import Client

from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_what_one_may_do_is_in_the_history(staff):
    ana = UserFactory(username="ana", is_active=True)
    editors, clerks = Group.objects.create(name="editors"), Group.objects.create(name="clerks")
    ana.groups.add(clerks)
    adding = Permission.objects.get(codename="add_event")
    form = {
        "username": "ana", "display_name": "Ana", "interests": ["music"], "personal_ranking": "on", "is_staff": "on",
        "groups": [editors.pk], "user_permissions": [adding.pk], "date_joined_0": "2026-05-01", "date_joined_1": "12:00",
    }  # fmt: skip

    answer = staff.post(f"/admin/users/user/{ana.pk}/change/", form)

    [entry] = LogEntry.objects.all()
    assert (answer.status_code, entry.object_id) == (302, str(ana.pk))
    assert entry.get_change_message() == (
        "Changed Display name, interests, Active (now no), Staff status (now yes), Groups (+ editors, − clerks), "
        f"User permissions (+ {adding}) and Date joined."
    )


def test_new_password_is_in_the_history(staff):
    ana = UserFactory(username="ana")
    form = {"password1": "correct horse battery", "password2": "correct horse battery", "usable_password": "true"}

    staff.post(f"/admin/users/user/{ana.pk}/password/", form)

    assert [entry.get_change_message() for entry in LogEntry.objects.all()] == ["Changed password."]


def test_old_passwords_are_counted_by_user(settings):
    settings.SIGN_INS_PER_MINUTE = 5
    ana = UserFactory(username="ana", password="correct horse", is_staff=True)
    browser = Client()
    browser.force_login(ana)
    new = "battery staple 9"

    def change(old):
        form = {"old_password": old, "new_password1": new, "new_password2": new}
        return browser.post("/admin/password_change/", form)

    answers = [change(f"guess {number}") for number in range(40)] + [change("correct horse")]

    ana.refresh_from_db()
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 36
    assert (ana.check_password("correct horse"), int(answers[-1]["Retry-After"]) > 0) == (True, True)
    assert "Too many attempts. Too many requests. Try again in" in answers[-1].content.decode()
    # Whoever holds a session of hers doesn't keep her from signing in, at the same address neither.
    assert Client().post("/admin/login/", {"username": "ana", "password": "correct horse"}).status_code == 302


def test_right_old_passwords_are_counted_too(settings):
    settings.SIGN_INS_PER_MINUTE = 2
    ana = UserFactory(username="ana", password="correct horse", is_staff=True)
    browser = Client()
    browser.force_login(ana)

    answers = []
    for old, new in (("correct horse", "battery staple 9"), ("battery staple 9", "correct horse")) * 2:
        form = {"old_password": old, "new_password1": new, "new_password2": new}
        answers.append(browser.post("/admin/password_change/", form).status_code)

    assert answers == [302, 302, 429, 429]
