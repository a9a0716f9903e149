"""This file holds the tests of the checks that keep local defaults out of production."""

import pytest
from django.core.checks import run_checks

from config import checks


@pytest.mark.parametrize(
    ("check", "name", "bad", "good"),
    [
        (checks.secret_key_is_set, "SECRET_KEY", "insecure-local-default-never-for-production", "x" * 50),
        (checks.hosts_are_named, "ALLOWED_HOSTS", [], ["marquee.example.org"]),
        (checks.hosts_are_named, "ALLOWED_HOSTS", ["*"], ["marquee.example.org"]),
        (checks.database_is_a_server, "DATABASES", {"default": {"ENGINE": "config.localdb"}},
         {"default": {"ENGINE": "django.db.backends.postgresql"}}),
    ],
)  # fmt: skip
def test_local_default_is_refused_in_production_only(monkeypatch, settings, check, name, bad, good):
    monkeypatch.setattr(settings._wrapped, name, bad)
    settings.DEBUG = False
    in_production = check(None)
    settings.DEBUG = True
    while_developing = check(None)
    settings.DEBUG = False
    monkeypatch.setattr(settings._wrapped, name, good)

    assert [error.id[:9] for error in in_production] == ["marquee.E"]
    assert (while_developing, check(None)) == ([], [])


def test_checks_are_registered(settings):
    settings.DEBUG = False
    settings.SECRET_KEY = "insecure-x"
    settings.ALLOWED_HOSTS = ["*"]

    ids = {error.id for error in run_checks()}

    assert {"marquee.E001", "marquee.E003"} <= ids
