"""This file holds the tests of the rules that the database keeps about users."""

import pytest
from django.db import IntegrityError, transaction

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
