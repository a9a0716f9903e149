"""Tests of the bound on the ranked lists that one user has in the cache."""

import threading

import pytest
from django.db import connection

from recommendations.feed.ranked_list import RankedList
from recommendations.hybrid.cache import PER_USER, cache_list, cached_list
from users.tests.factories import UserFactory


def listing(key: str) -> RankedList:
    return RankedList(key, (1, 2), (0.5, 0.25), ())


def there(keys: list[str]) -> list[str]:
    return [key for key in keys if cached_list(key) is not None]


@pytest.mark.django_db
class TestBound:
    def test_user_has_few_lists_and_the_oldest_goes(self, each_cache):
        ana, ben = UserFactory.create_batch(2)
        keys = [f"ana-{number}" for number in range(3 * PER_USER)]
        cache_list(listing("ben"), ben)

        for key in keys:
            cache_list(listing(key), ana)

        assert there(["ben", *keys]) == ["ben", *keys[-PER_USER:]]

    def test_list_that_is_kept_again_is_the_newest(self, each_cache):
        ana = UserFactory()
        keys = [f"ana-{number}" for number in range(PER_USER)]

        for key in [*keys, keys[0], "another"]:
            cache_list(listing(key), ana)

        assert there([*keys, "another"]) == [keys[0], *keys[2:], "another"]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_bounded_too(each_cache):
    ana = UserFactory()
    together = threading.Barrier(4)

    def make(number: int) -> None:
        together.wait()
        for each in range(PER_USER):
            cache_list(listing(f"{number}-{each}"), ana)
        connection.close()

    threads = [threading.Thread(target=make, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(there([f"{number}-{each}" for number in range(4) for each in range(PER_USER)])) == PER_USER
