"""This file holds the system checks that keep local defaults out of production."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error


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
