"""Tests of the allowances."""

import contextlib
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from users.allowances import AllowanceSpent, Limit
from users.models import Allowance
from users.signing_in import count_sign_in

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
LIMIT = Limit("trial", 3)

pytestmark = pytest.mark.django_db


def _granted(who: str, now: datetime, tries: int) -> int:
    granted = 0
    for _ in range(tries):
        try:
            LIMIT.spend(who, now=now)
        except AllowanceSpent:
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

    with pytest.raises(AllowanceSpent) as refused:
        LIMIT.spend("ana", now=NOW + timedelta(seconds=5))

    assert refused.value.wait_seconds == 15
    assert _granted("ana", NOW + timedelta(seconds=20), 1) == 1


def test_clock_that_goes_back_makes_nobody_wait_for_longer_than_a_minute():
    _granted("ana", NOW + timedelta(hours=1), 3)

    with pytest.raises(AllowanceSpent) as refused:
        LIMIT.spend("ana", now=NOW)

    assert refused.value.wait_seconds == 20
    assert _granted("ana", NOW + timedelta(seconds=20), 5) == 1
    assert _granted("ana", NOW + timedelta(minutes=2), 5) == 3


def test_refusal_leaves_one_row_and_does_not_prolong_the_wait():
    _granted("ana", NOW, 3)
    before = list(Allowance.objects.values_list("key", "spent_until"))

    assert _granted("ana", NOW + timedelta(seconds=5), 100) == 0
    assert list(Allowance.objects.values_list("key", "spent_until")) == before


def test_refused_address_adds_no_row_for_another_name():
    def tried(number: int) -> bool:
        try:
            count_sign_in("192.0.2.1", f"name-{number}", per_minute=1, now=NOW)
        except AllowanceSpent:
            return False
        return True

    assert [tried(number) for number in range(20)] == [True] * 6 + [False] * 14
    # The address and the six names.
    assert Allowance.objects.count() == 7


def test_refused_name_takes_nothing_from_others_at_its_address():
    for _ in range(50):
        with contextlib.suppress(AllowanceSpent):
            count_sign_in("192.0.2.1", "ana", per_minute=1, now=NOW)

    count_sign_in("192.0.2.1", "ben", per_minute=1, now=NOW)


def test_who_and_purpose_have_allowances_of_their_own():
    _granted("ana", NOW, 3)

    assert _granted("ben", NOW, 5) == 3
    Limit("other", 3).spend("ana", now=NOW)


def test_several_at_once_or_none_of_them():
    LIMIT.spend("ana", now=NOW, times=2)

    with pytest.raises(AllowanceSpent):
        LIMIT.spend("ana", now=NOW, times=2)

    assert _granted("ana", NOW, 5) == 1


def test_more_than_a_minutes_worth_is_granted_to_who_spent_nothing():
    LIMIT.spend("ana", now=NOW, times=100)

    assert _granted("ana", NOW, 1) == 0


def test_what_is_given_back_can_be_spent():
    _granted("ana", NOW, 3)
    LIMIT.give_back("ana")

    assert _granted("ana", NOW, 5) == 1


def test_no_limit_keeps_no_books():
    Limit("trial", 0).spend("ana", now=NOW, times=10_000)

    assert Allowance.objects.count() == 0


def test_keys_do_not_tell_who():
    LIMIT.spend("ana@example.org", now=NOW)

    (row,) = Allowance.objects.all()
    assert (row.key.split(":")[0], "ana" in row.key, len(row.key)) == ("trial", False, 46)


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_no_more_than_there_is():
    granted = []

    def spend() -> None:
        granted.append(_granted("ana", NOW, 4))
        connection.close()

    threads = [threading.Thread(target=spend) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sum(granted) == 3
