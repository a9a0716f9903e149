"""Fixtures: a user, and a world with a training run, made once for each module."""

import runpy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as configured
from django.core.cache import cache
from django.db import transaction
from django.test import override_settings

from recommendations.models import TrainingRun
from recommendations.tests.redis_server import PROGRAM, redis_server
from recommendations.tests.taste import NOW, world_with_taste
from recommendations.tests.worlds import NOW as WORLDS_NOW
from recommendations.training.pipeline import train
from users.models import User
from users.tests.factories import UserFactory


@pytest.fixture(scope="module")
def trained(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[tuple[int, list[int]]]:
    """A run that serves, and its people, by their ids; taken back after the module, as each test takes its own back."""
    # One thread: two that wait for each other on a busy machine take ten times as long.
    quick = override_settings(TRAINING_THREADS=1)
    with django_db_blocker.unblock(), transaction.atomic(), quick:  # type: ignore[attr-defined]
        people = world_with_taste()
        run, _ = train(NOW, seed=1, activate="always", say=lambda text: None)
        yield run.pk, [user.pk for user in people]
        transaction.set_rollback(True)


@pytest.fixture
def run(trained: tuple[int, list[int]], db: None) -> TrainingRun:
    """The run that serves."""
    return TrainingRun.objects.get(pk=trained[0])


@pytest.fixture
def taste(trained: tuple[int, list[int]], db: None) -> list[User]:
    """The people of the world."""
    return list(User.objects.filter(pk__in=trained[1]).order_by("pk"))


@pytest.fixture
def still_clock() -> Iterator[None]:
    """A clock that stands at the worlds' moment."""
    with time_machine.travel(WORLDS_NOW, tick=False):
        yield


@pytest.fixture
def ana(db: None) -> User:
    """Somebody who likes music."""
    return UserFactory(username="ana", email="ana@example.org", interests=["music"])


@pytest.fixture
def caching_at(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Use the cache that CACHE_URL names, as the settings make it."""

    def use(url: str) -> None:
        monkeypatch.setenv("CACHE_URL", url)
        path = Path(configured.BASE_DIR) / "platform" / "config" / "settings.py"
        settings.CACHES = runpy.run_path(str(path))["CACHES"]

    return use


@pytest.fixture(scope="session")
def redis() -> Iterator[str]:
    """Host and port of a Redis server."""
    if PROGRAM is None:
        pytest.skip("There is no redis-server here (apt install redis-server).")
    with redis_server() as (address, _):
        yield address


@pytest.fixture(params=["database", "redis"])
def each_cache(request: pytest.FixtureRequest, caching_at: Callable[[str], None], db: None) -> str:
    """The name of the cache that is used, each in turn, and empty."""
    if request.param == "redis":
        caching_at(f"rediscache://{request.getfixturevalue('redis')}/0")
    cache.clear()
    name: str = request.param
    return name
