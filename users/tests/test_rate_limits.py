"""Tests of the rate limits, and of the address by which they count."""

import contextlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import RequestFactory

from users.models import RateLimitUse
from users.rate_limits import RateLimit, RateLimitExceeded, client_address
from users.sign_in import count_sign_in

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LIMIT = RateLimit("trial", 3)

pytestmark = pytest.mark.django_db


def _granted(who: str, now: datetime, tries: int) -> int:
    granted = 0
    for _ in range(tries):
        try:
            LIMIT.consume(who, now=now)
        except RateLimitExceeded:
            continue
        granted += 1
    return granted


def test_a_minutes_worth_is_there_at_once_and_comes_back_evenly():
    assert [
        _granted("ana", NOW, 5),
        _granted("ana", NOW + timedelta(seconds=19), 5),
        _granted("ana", NOW + timedelta(seconds=20), 5),
        _granted("ana", NOW + timedelta(seconds=60), 5),
        _granted("ana", NOW + timedelta(hours=9), 5),
    ] == [3, 0, 1, 2, 3]


def test_the_wait_is_how_long_until_it_is_granted():
    _granted("ana", NOW, 3)

    with pytest.raises(RateLimitExceeded) as refused:
        LIMIT.consume("ana", now=NOW + timedelta(seconds=5))

    assert refused.value.wait_seconds == 15
    assert _granted("ana", NOW + timedelta(seconds=20), 1) == 1


def test_clock_that_goes_back_makes_nobody_wait_for_longer_than_a_minute():
    _granted("ana", NOW + timedelta(hours=1), 3)

    with pytest.raises(RateLimitExceeded) as refused:
        LIMIT.consume("ana", now=NOW)

    assert refused.value.wait_seconds == 20
    assert _granted("ana", NOW + timedelta(seconds=20), 5) == 1
    assert _granted("ana", NOW + timedelta(minutes=2), 5) == 3


def test_refusal_leaves_one_row_and_does_not_prolong_the_wait():
    _granted("ana", NOW, 3)
    before = list(RateLimitUse.objects.values_list("key", "spent_until"))

    assert _granted("ana", NOW + timedelta(seconds=5), 100) == 0
    assert list(RateLimitUse.objects.values_list("key", "spent_until")) == before


def test_refused_address_adds_no_row_for_another_name(settings):
    settings.SIGN_INS_PER_MINUTE = 1

    def tried(number: int) -> bool:
        try:
            count_sign_in("192.0.2.1", f"name-{number}", now=NOW)
        except RateLimitExceeded:
            return False
        return True

    assert [tried(number) for number in range(20)] == [True] * 6 + [False] * 14
    # The address and the six names.
    assert RateLimitUse.objects.count() == 7


def test_refused_name_takes_nothing_from_others_at_its_address(settings):
    settings.SIGN_INS_PER_MINUTE = 1
    for _ in range(50):
        with contextlib.suppress(RateLimitExceeded):
            count_sign_in("192.0.2.1", "ana", now=NOW)

    count_sign_in("192.0.2.1", "ben", now=NOW)


def test_who_and_purpose_are_counted_apart():
    _granted("ana", NOW, 3)

    assert _granted("ben", NOW, 5) == 3
    RateLimit("other", 3).consume("ana", now=NOW)


def test_several_at_once_or_none_of_them():
    LIMIT.consume("ana", now=NOW, times=2)

    with pytest.raises(RateLimitExceeded):
        LIMIT.consume("ana", now=NOW, times=2)

    assert _granted("ana", NOW, 5) == 1


def test_more_than_a_minutes_worth_is_granted_to_whoever_consumed_nothing():
    LIMIT.consume("ana", now=NOW, times=100)

    assert _granted("ana", NOW, 1) == 0


def test_what_is_given_back_can_be_consumed():
    _granted("ana", NOW, 3)
    LIMIT.give_back("ana")

    assert _granted("ana", NOW, 5) == 1


def test_no_limit_keeps_no_books():
    RateLimit("trial", 0).consume("ana", now=NOW, times=10_000)

    assert RateLimitUse.objects.count() == 0


def test_keys_do_not_tell_who():
    LIMIT.consume("ana@example.org", now=NOW)

    (row,) = RateLimitUse.objects.all()
    assert (row.key.split(":")[0], "ana" in row.key, len(row.key)) == ("trial", False, 46)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_there_is():
    granted = []

    def consume() -> None:
        granted.append(_granted("ana", NOW, 4))
        connection.close()

    threads = [threading.Thread(target=consume) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(granted) == 3


@pytest.mark.parametrize(
    ("peer", "address"),
    [
        ("192.0.2.1", "192.0.2.1"), ("::ffff:192.0.2.1", "192.0.2.1"), ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"), ("2001:db8:1:3::", "2001:db8:1:3::/64"), ("::1", "::/64"),
        ("fe80::1%eth0", "fe80::/64"), ("", ""), ("x" * 200, "x" * 100),
    ],
)  # fmt: skip
def test_address_of_the_peer(peer, address):
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=peer)) == address


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        # Nobody is trusted, so what a client sends is ignored.
        (0, "203.0.113.9", "192.0.2.1"),
        (1, None, "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        # What stands before the entries of the trusted proxies is the client's own invention.
        (1, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.7, 203.0.113.9, 192.0.2.8", "203.0.113.9"),
        (1, "198.51.100.7,2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        (1, "203.0.113.9:4711", "203.0.113.9"),
        (1, "[2001:db8:1:2:3::4]:4711", "2001:db8:1:2::/64"),
        (1, "unknown", "unknown"),
    ],
)
def test_address_that_the_trusted_proxy_gives(settings, proxies, forwarded, address):
    settings.REST_FRAMEWORK = {**settings.REST_FRAMEWORK, "NUM_PROXIES": proxies}
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}

    assert client_address(RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", headers=headers)) == address
