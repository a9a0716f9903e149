"""The project itself as a Django app: its system checks and its commands."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core.checks import Tags, register


class MarqueeAdminConfig(AdminConfig):
    """Django's admin, with a site of our own."""

    default_site = "users.admin_site.MarqueeAdminSite"


class MarqueeConfig(AppConfig):
    """The project's own app; it has no models."""

    name = "config"
    verbose_name = "Marquee"

    def ready(self) -> None:
        """Register the system checks."""
        from config import checks

        register(checks.secret_key_is_set, Tags.security)
        register(checks.database_is_a_server, Tags.database)
        register(checks.hosts_are_named, Tags.security)
        register(checks.standby_has_a_cache, Tags.caches)
        register(checks.pgvector_is_available, Tags.database)
        register(checks.accents_are_folded, Tags.database)
        # Only with --deploy: neither keeps `migrate` from running.
        register(checks.mail_is_sent, Tags.security, deploy=True)
        register(checks.demo_accounts_are_gone, Tags.database, deploy=True)
