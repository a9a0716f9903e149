"""Tests of the number of API tokens that a user may have."""

import threading

import pytest
from django.core.management import call_command
from django.db import connection
from knox.models import AuthToken

from users.tests.factories import UserFactory
from users.tokens import TOKENS_MAX, new_token

pytestmark = pytest.mark.django_db


def test_the_oldest_token_goes(api_by_token):
    ana, ben = UserFactory(), UserFactory()
    bens = new_token(ben)[1]
    tokens = [new_token(ana)[1] for _ in range(TOKENS_MAX + 2)]

    answers = [api_by_token(token).get("/users/me").status_code for token in tokens]

    assert answers == [401, 401] + [200] * 20
    assert api_by_token(bens).get("/users/me").status_code == 200


def test_a_new_token_stays_whatever_the_clock_says():
    ana = UserFactory()
    for _ in range(TOKENS_MAX):
        new_token(ana)
    AuthToken.objects.update(created="2099-01-01T00:00:00Z")

    row, _ = new_token(ana)

    assert AuthToken.objects.filter(pk=row.pk).exists()
    assert AuthToken.objects.count() == TOKENS_MAX


def test_every_way_to_a_token_keeps_to_it(api_of, settings, capsys):
    settings.SIGN_INS_PER_MINUTE = 0
    ana = UserFactory(username="ana", password="secret")
    for _ in range(TOKENS_MAX):
        AuthToken.objects.create(ana)

    call_command("create_token", "ana")
    api_of().post("/tokens", {"username": "ana", "password": "secret"})

    assert AuthToken.objects.count() == TOKENS_MAX


@pytest.mark.django_db(transaction=True)
def test_several_at_once_leave_no_more():
    ana = UserFactory()
    for _ in range(TOKENS_MAX):
        new_token(ana)

    def sign_in() -> None:
        new_token(ana)
        connection.close()

    threads = [threading.Thread(target=sign_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert AuthToken.objects.count() == TOKENS_MAX
