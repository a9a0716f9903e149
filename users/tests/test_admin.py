"""This file holds the tests of what the history keeps of changes to users."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission

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
