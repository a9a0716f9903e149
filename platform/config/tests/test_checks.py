"""Tests of the system checks."""

from pathlib import Path

import pytest
from django.conf import settings as settings_module
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from config import checks
from users.models import User
from users.tests.factories import UserFactory


@pytest.mark.parametrize(
    ("check", "name", "bad", "good"),
    [
        (checks.secret_key_is_set, "SECRET_KEY", "insecure-local-default-never-for-production", "x" * 50),
        (checks.hosts_are_named, "ALLOWED_HOSTS", [], ["marquee.example.org"]),
        (checks.hosts_are_named, "ALLOWED_HOSTS", ["*"], ["marquee.example.org"]),
        (checks.database_is_a_server, "DATABASES", {"default": {"ENGINE": "config.localdb"}},
         {"default": {"ENGINE": "django.db.backends.postgresql"}}),
        (checks.mail_is_sent, "EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend",
         "django.core.mail.backends.smtp.EmailBackend"),
        (checks.mail_is_sent, "EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend",
         "django.core.mail.backends.smtp.EmailBackend"),
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


@pytest.mark.django_db
def test_search_that_tells_accents_apart_is_a_warning_that_says_what_to_do():
    assert checks.accents_are_folded(None, databases=["default"]) == []
    sql = (Path(settings_module.BASE_DIR) / "events" / "sql" / "folded.sql").read_text()
    with connection.cursor() as cursor:
        # As on a server without the extension.
        cursor.execute("CREATE SCHEMA elsewhere; SET LOCAL search_path TO elsewhere, public")
        cursor.execute(sql.replace("= 'unaccent'", "= 'nowhere'"))
        cursor.execute("SELECT folded('É'), event_names('É', ARRAY['Ö'], 'Ü', NULL)")
        assert cursor.fetchone() == ("é", "é\nö\nü")

    (warning,) = checks.accents_are_folded(None, databases=["default"])

    assert warning.id == "marquee.W003"
    assert "CREATE EXTENSION unaccent. Then `manage.py migrate events 0023` and `manage.py migrate`." in warning.hint
    assert warning in run_checks(databases=["default"])


@pytest.mark.django_db
def test_a_role_that_may_not_create_the_extension_migrates_all_the_same():
    sql = (Path(settings_module.BASE_DIR) / "events" / "sql" / "folded.sql").read_text()
    with connection.cursor() as cursor:
        cursor.execute("CREATE ROLE stranger; CREATE SCHEMA elsewhere AUTHORIZATION stranger")
        cursor.execute("GRANT stranger TO CURRENT_USER")
        cursor.execute("DROP EXTENSION unaccent CASCADE")
        cursor.execute("SET LOCAL search_path TO elsewhere, public; SET LOCAL ROLE stranger")
        cursor.execute(sql)
        cursor.execute("SELECT folded('É')")
        assert cursor.fetchone() == ("é",)


@pytest.mark.django_db
def test_deployment_with_demo_accounts_and_printed_mail_is_refused(settings):
    UserFactory(is_demo=True)
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

    with pytest.raises(SystemCheckError) as refused:
        call_command("check", deploy=True, databases=["default"])

    shown = str(refused.value)
    assert "(marquee.E004) Mails are printed into the log, or not sent at all." in shown
    assert "(marquee.E005) The database holds 1 demo accounts" in shown


@pytest.mark.django_db
def test_demo_accounts_are_looked_for_only_when_asked_and_in_production(settings):
    UserFactory(is_demo=True)

    asked = checks.demo_accounts_are_gone(None, databases=["default"])
    settings.DEBUG = True

    assert [error.id for error in asked] == ["marquee.E005"]
    assert checks.demo_accounts_are_gone(None, databases=["default"]) == []
    settings.DEBUG = False
    assert checks.demo_accounts_are_gone(None) == []
    User.objects.update(is_demo=False)
    assert checks.demo_accounts_are_gone(None, databases=["default"]) == []


@pytest.mark.django_db(transaction=True)
def test_database_that_is_not_migrated_is_a_warning():
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE users_user RENAME TO away")
    try:
        (warning,) = checks.demo_accounts_are_gone(None, databases=["default"])
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO users_user")

    assert warning.id == "marquee.W002"


def test_migrate_runs_no_check_of_a_deployment():
    """Which could keep a production database from being updated."""
    registered = run_checks.__self__.registered_checks

    assert not {checks.mail_is_sent, checks.demo_accounts_are_gone} & set(registered)
