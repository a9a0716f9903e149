"""The table of what each GET reads, and what a standby needs."""

import pytest
from django.test import RequestFactory

from api import databases
from config.checks import standby_has_a_cache
from config.http.reads import GET_READS, may_read_standby
from config.tests.routes import routed


def test_every_route_says_what_its_get_reads():
    routes = {route for method, route in routed() if method == "GET" and not route.startswith("admin") and route}

    assert routes == set(GET_READS)


def test_standby_may_answer_reads_alone(settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES, "standby", {})
    asked = [("GET", "/recommendations"), ("HEAD", "/events/1"), ("POST", "/interactions"), ("GET", "/users/me/export"),
             ("GET", "/admin/"), ("GET", "/nowhere")]  # fmt: skip
    may = [may_read_standby(RequestFactory().generic(method, path)) for method, path in asked]

    assert may == [True, True, False, False, False, False]


def test_transaction_is_long_once_it_was_the_oldest_for_a_while(monkeypatch):
    now = [1000.0]
    monkeypatch.setattr(databases, "monotonic", lambda: now[0])
    monkeypatch.setattr(databases, "_oldest", (0, 0.0))
    answers = []
    # Nothing is in progress; 10 is; 10 still is, for longer; another one is.
    for xids, later in [("10:10:", 0), ("10:12:", 10), ("10:13:11", 4), ("10:14:", 2), ("14:15:", 1)]:
        now[0] += later
        answers.append(databases.has_long_transaction(xids))

    assert answers == [False, False, False, True, False]


@pytest.mark.parametrize(("url", "errors"), [("db.DatabaseCache", ["marquee.E006"]), ("redis.RedisCache", [])])
def test_standby_needs_a_cache_outside_the_database(settings, monkeypatch, url, errors):
    monkeypatch.setitem(settings.DATABASES, "standby", {})
    monkeypatch.setitem(settings.CACHES["default"], "BACKEND", f"django.core.cache.backends.{url}")

    assert [error.id for error in standby_has_a_cache(None)] == errors
