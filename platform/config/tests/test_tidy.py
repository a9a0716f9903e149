"""Tests of the command that deletes what is of no use any more."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.utils import timezone
from knox.models import AuthToken

from interactions.models import IdempotencyKey
from users.models import RateLimitUse, Session, User
from users.tests.factories import UserFactory


@pytest.mark.django_db
def test_what_is_expired_goes_and_the_rest_stays(capsys):
    user, now = UserFactory(), timezone.now()
    for days in (-3, 3):
        AuthToken.objects.create(user, expiry=timedelta(days=days))
        Session.objects.create(session_key=f"s{days}", session_data="", expire_date=now + timedelta(days=days))
        IdempotencyKey.objects.create(
            user=user, key=f"k{days}", fingerprint="f", answer={}, created_at=now + timedelta(days=days)
        )
        RateLimitUse.objects.create(key=f"a{days}", spent_until=now + timedelta(days=days))

    call_command("tidy")

    assert capsys.readouterr().out.splitlines() == [
        "1 tokens deleted.", "1 sessions deleted.", "1 idempotency keys deleted.", "1 allowances deleted.",
        "0 unverified accounts deleted.",
    ]  # fmt: skip
    assert [AuthToken.objects.count(), Session.objects.get().pk, IdempotencyKey.objects.get().key, RateLimitUse.objects.get().pk] == [
        1, "s3", "k3", "a3",
    ]  # fmt: skip


@pytest.mark.django_db
def test_accounts_that_nobody_verified_in_a_week_go(capsys):
    """Of those who signed up; whoever came in once stays, and whoever staff have made."""
    long_ago, now = timezone.now() - timedelta(days=8), timezone.now()
    for name, joined, came, verified in (
        ("gone", long_ago, None, False), ("new", now, None, False), ("verified", long_ago, None, True),
        ("came", long_ago, now, False), ("made", long_ago, None, None),
    ):  # fmt: skip
        user = UserFactory(username=name, date_joined=joined, last_login=came)
        if verified is not None:
            EmailAddress.objects.create(user=user, email=f"{name}@example.org", verified=verified)

    call_command("tidy")

    assert capsys.readouterr().out.splitlines()[-1] == "1 unverified accounts deleted."
    assert set(User.objects.values_list("username", flat=True)) == {"new", "verified", "came", "made"}
