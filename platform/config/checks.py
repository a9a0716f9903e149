"""The system checks: local defaults in production, and what the database server lacks."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning
from django.db import ProgrammingError, connections


def secret_key_is_set(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the local secret key while DEBUG is off (marquee.E001)."""
    if settings.DEBUG or not settings.SECRET_KEY.startswith("insecure-"):
        return []
    return [
        Error("SECRET_KEY is the local default.", hint="Set SECRET_KEY to 50 random characters.", id="marquee.E001")
    ]


def database_is_a_server(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse the embedded database while DEBUG is off (marquee.E002)."""
    if settings.DEBUG or settings.DATABASES["default"]["ENGINE"] != "config.localdb":
        return []
    hint = "Set DATABASE_URL to postgres://user:password@host:port/name."
    return [Error("The embedded database is for development only.", hint=hint, id="marquee.E002")]


def hosts_are_named(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to serve no host, or any host, while DEBUG is off (marquee.E003)."""
    if settings.DEBUG or (settings.ALLOWED_HOSTS and "*" not in settings.ALLOWED_HOSTS):
        return []
    hint = "Set ALLOWED_HOSTS to the names that clients use, separated by commas."
    return [Error("ALLOWED_HOSTS names no host, or every host.", hint=hint, id="marquee.E003")]


def mail_is_sent(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse to print mails, which hold links to set passwords, or to send none while DEBUG is off (marquee.E004)."""
    if settings.DEBUG or settings.EMAIL_BACKEND.split(".")[-2] not in ("console", "dummy", "locmem"):
        return []
    hint = "Set EMAIL_URL to smtp+tls://user:password@host:587."
    return [Error("Mails are printed into the log, or not sent at all.", hint=hint, id="marquee.E004")]


def standby_has_a_cache(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a standby beside the cache in the database, whose table a standby does not have (marquee.E006)."""
    is_in_database = settings.CACHES["default"]["BACKEND"].endswith("DatabaseCache")
    if "standby" not in settings.DATABASES or not is_in_database:
        return []
    hint = "Set CACHE_URL to rediscache://host:6379/0."
    return [Error("A standby needs a cache outside the database.", hint=hint, id="marquee.E006")]


def demo_accounts_are_gone(
    app_configs: Sequence[AppConfig] | None, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Refuse accounts with a known password while DEBUG is off (marquee.E005), when asked of databases."""
    # Here, because the app users is not ready yet when this module is imported.
    from users.models import User

    problems: list[CheckMessage] = []
    for alias in () if settings.DEBUG else databases or ():
        try:
            number = User.objects.using(alias).filter(is_demo=True).count()
        except ProgrammingError:
            hint = "Run `manage.py migrate`, then check again."
            problems.append(
                Warning("No demo accounts could be looked for in this database.", hint=hint, id="marquee.W002")
            )
            continue
        if number:
            message = f"The database holds {number} demo accounts; the password of two of them is known to everybody."
            hint = "They cannot sign in while DEBUG is off. Erase them with `manage.py erase_user --demo`."
            problems.append(Error(message, hint=hint, id="marquee.E005"))
    return problems


def pgvector_is_available(
    app_configs: Sequence[AppConfig] | None,
    *,
    databases: Sequence[str] | None = None,
    extension: str = "vector",
    **kwargs: Any,
) -> list[CheckMessage]:
    """Warn of a server without pgvector (marquee.W001), when asked of databases: `migrate`, `check --database`."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000, EXISTS "
                           "(SELECT FROM pg_available_extensions WHERE name = %s)", [extension])  # fmt: skip
            major, available = cursor.fetchone()
        if not available:
            message = (
                f'The database server has no pgvector (the extension "{extension}"): the feed works without it, text '
                f"embeddings will not; install it there, on Debian with `apt install postgresql-{major}-pgvector`."
            )
            problems.append(Warning(message, id="marquee.W001"))
    return problems


def accents_are_folded(
    app_configs: Sequence[AppConfig] | None, *, databases: Sequence[str] | None = None, **kwargs: Any
) -> list[CheckMessage]:
    """Warn of search that tells é from e (marquee.W003), for want of unaccent, when asked of databases."""
    problems: list[CheckMessage] = []
    for alias in databases or ():
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT folded('É')")
                folded = cursor.fetchone()[0]
        except ProgrammingError:
            # Not migrated yet.
            continue
        if folded != "e":
            message = "Search tells é from e, because the database had no extension unaccent when it was migrated."
            hint = (
                "It comes with PostgreSQL (postgresql-contrib in some distributions). As one who may: CREATE EXTENSION "
                "unaccent. Then `manage.py migrate events 0023` and `manage.py migrate`."
            )
            problems.append(Warning(message, hint=hint, id="marquee.W003"))
    return problems
