"""This file holds the tests of the system checks."""

import pytest
from django.core.checks import run_checks
from django.db import connection

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


@pytest.mark.django_db
def test_missing_pgvector_is_one_sentence():
    (warning,) = checks.pgvector_is_available(None, databases=["default"], extension="nowhere")

    major = connection.pg_version // 10_000
    assert warning.id == "marquee.W001"
    assert warning.msg == (
        'The database server has no pgvector (the extension "nowhere"): the feed works without it, text embeddings '
        f"will not; install it there, on Debian with `apt install postgresql-{major}-pgvector`."
    )


@pytest.mark.django_db
def test_available_extension_is_no_warning():
    # Every server has this one.
    assert checks.pgvector_is_available(None, databases=["default"], extension="plpgsql") == []


def test_pgvector_is_not_asked_for_without_a_database():
    assert checks.pgvector_is_available(None) == []


@pytest.mark.django_db
def test_migrate_asks_for_pgvector():
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector')")
        (available,) = cursor.fetchone()

    ids = [message.id for message in run_checks(databases=["default"])]

    assert ids.count("marquee.W001") == (0 if available else 1)
