"""Tests of the rules that the database keeps about users."""

import pytest
from django.db import IntegrityError, connection, transaction
from knox.models import AuthToken

from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_email_is_unique_in_any_case():
    UserFactory(email="Ana@example.org")

    with pytest.raises(IntegrityError, match="user_email_unique"), transaction.atomic():
        UserFactory(email="ana@EXAMPLE.org")


def test_many_may_have_no_email():
    assert UserFactory(email="").email == UserFactory(email="").email == ""


@pytest.mark.parametrize("values", [{"latitude": 1.0}, {"latitude": 91.0, "longitude": 1.0}])
def test_home_is_a_place(values):
    with pytest.raises(IntegrityError, match="user_coordinates_valid"), transaction.atomic():
        UserFactory(**values)


def test_factory_takes_every_field_of_the_contract():
    user = UserFactory(
        username="ana", email="ana@example.org", password="secret", display_name="Ana", interests=["music"],
        latitude=1.0, longitude=2.0,
    )  # fmt: skip

    assert (user.display_name, user.interests, user.latitude, user.longitude) == ("Ana", ["music"], 1.0, 2.0)
    assert user.check_password("secret")
    assert UserFactory().interests == []


def test_interests_are_canonical_whichever_way_they_come():
    saved = UserFactory(interests=[" Music", "music", "TECH "])
    updated = UserFactory()
    User.objects.filter(pk=updated.pk).update(interests=["Food", "FOOD"])

    assert saved.interests == ["music", "tech"]
    assert list(User.objects.order_by("pk").values_list("interests", flat=True)) == [["music", "tech"], ["food"]]


@pytest.mark.parametrize("interests", [["Music"], ["music", "music"], [""], ["music", " tech"]])
def test_database_refuses_other_forms_of_interests(interests):
    user = UserFactory()

    with (
        pytest.raises(IntegrityError, match="user_interests_canonical"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE users_user SET interests = %s WHERE id = %s", [interests, user.pk])


@pytest.mark.parametrize("text", ["a\x1b[31m", "a\x9b", "a\u202eb", "\u200b"])
@pytest.mark.parametrize("field", ["username", "email", "first_name", "last_name", "display_name"])
def test_texts_have_no_control_characters_and_something_to_see(field, text):
    with pytest.raises(IntegrityError, match="user_valid_texts"), transaction.atomic():
        UserFactory(**{field: text})


def test_interests_have_no_control_characters():
    with pytest.raises(IntegrityError, match="user_valid_texts"), transaction.atomic():
        UserFactory(interests=["mu\x1bsic"])


@pytest.mark.parametrize("field", ["display_name", "first_name", "email"])
def test_the_admin_refuses_control_characters(staff, field):
    ana = UserFactory(username="ana")
    form = {"username": "ana", "date_joined_0": "2026-05-01", "date_joined_1": "12:00", field: '"a\x1b"@example.org'}

    page = staff.post(f"/admin/users/user/{ana.pk}/change/", form)

    assert page.status_code == 200
    errors = page.context["adminform"].form.errors
    assert list(errors) == ([field] if field == "display_name" else ["__all__"]), errors
    assert "ontrol character" in str(errors)


def test_a_new_password_revokes_the_tokens():
    user, other = UserFactory(), UserFactory()
    for one in (user, other):
        AuthToken.objects.create(one)

    user.set_password("something else")
    user.save()

    assert [token.user for token in AuthToken.objects.all()] == [other]


def test_tokens_outlive_what_is_no_new_password(settings):
    user = UserFactory(password="once")
    AuthToken.objects.create(user)
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", *settings.PASSWORD_HASHERS]

    # Another hasher is preferred by now: the hash is renewed.
    assert user.check_password("once")
    user.display_name = "Ana"
    user.save()

    assert User.objects.get(pk=user.pk).password.startswith("pbkdf2")
    assert AuthToken.objects.filter(user=user).count() == 1
