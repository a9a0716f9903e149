"""Tests of finding users."""

import pytest
from django.db import connection
from django.db.models import Q

from users.finding import UnknownUser, sample_of_users, user_named, usernames_containing
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_username_comes_before_email_before_id():
    by_id = UserFactory(username="first", email="first@example.org")
    by_email = UserFactory(username="second", email="X@example.org")
    by_username = UserFactory(username="x@example.org", email="third@example.org")
    digits = UserFactory(username=str(by_id.pk))

    assert user_named("x@example.org") == by_username
    assert user_named("x@EXAMPLE.org") == by_email
    assert user_named(str(by_id.pk)) == digits
    assert user_named(str(by_email.pk)) == by_email


@pytest.mark.parametrize("name", ["", "nobody", "0", "-1", "9" * 19, "9" * 5_000, "\0", "٣"])
def test_unknown_user_says_what_to_give(name):
    UserFactory(email="")

    with pytest.raises(UnknownUser, match="Give an exact username, an e-mail address or an id"):
        user_named(name)


def test_names_are_read_by_any_part_of_them():
    UserFactory(username="joanna", email="jo@mailbox.example")
    UserFactory(username="ben", display_name="Anna Bell", email="b@mailbox.example")
    UserFactory(username="zoe", email="hannah@mailbox.example")

    assert usernames_containing("ANN", limit=9, by_person=True) == ["ben", "joanna", "zoe"]
    assert usernames_containing("ANN", limit=2, by_person=True) == ["ben", "joanna"]
    assert usernames_containing("o", limit=9, by_person=False) == ["joanna", "zoe"]
    assert usernames_containing("Z", limit=1, by_person=True) == ["zoe"]
    assert usernames_containing("ANN", limit=9, by_person=False) == ["joanna"]
    assert usernames_containing("", limit=9, by_person=True) == []
    assert usernames_containing("\0", limit=9, by_person=True) == []
    assert usernames_containing("%", limit=9, by_person=True) == []


def test_names_are_read_by_the_index():
    with connection.cursor() as cursor:
        # An empty table is read faster without.
        cursor.execute("SET LOCAL enable_seqscan = off")
    part = Q(username__icontains="dfab") | Q(display_name__icontains="dfab") | Q(email__icontains="dfab")

    assert User.objects.filter(part).explain().count("Bitmap Index Scan on user_name_trigrams") == 3


def test_sample_is_the_same_each_time():
    users = UserFactory.create_batch(9)

    sample = list(sample_of_users(4))

    assert sample == list(sample_of_users(4))
    assert len(set(sample) & set(users)) == 4
