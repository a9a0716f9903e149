"""Tests of the mark of demo accounts."""

import importlib

import pytest
from django.apps import apps

from recommendations.demo.loading import load_demo
from recommendations.demo.people import inhabitants
from recommendations.demo.town import wrenmouth
from recommendations.tests.demo_rows import NOW
from users.models import User
from users.tests.factories import UserFactory

pytestmark = pytest.mark.django_db

marked_demo_users = importlib.import_module("users.migrations.0009_marked_demo_users")


def test_loading_marks_those_it_makes_and_those_who_are_there():
    UserFactory(username="ana", email="ana@example.org")
    UserFactory(username="zoe", email="zoe@example.org")

    load_demo(NOW)

    assert [user.username for user in User.objects.filter(is_demo=False)] == ["zoe"]


def test_migration_marks_the_people_of_0_1_and_nobody_else():
    planned = [(person.username, person.email) for person in inhabitants(wrenmouth())]
    User.objects.bulk_create(User(username=name, email=email.upper()) for name, email in planned)
    UserFactory(username="zoe", email="zoe@example.org")
    User.objects.filter(username="felix.dyer").update(email="felix.dyer@real.example")

    marked_demo_users.mark(apps, None)

    marked = set(User.objects.filter(is_demo=True).values_list("username", flat=True))
    assert marked == {name for name, _ in planned} - {"felix.dyer"}
    assert len(marked) == 301
