"""The Django backend: the ordinary PostgreSQL one, on a server that it starts itself."""

import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import client
from django.db.utils import OperationalError
from psycopg import OperationalError as ConnectionFailure
from psycopg import conninfo, pq

from config.localdb import cluster
from config.localdb.binaries import wheel_binaries
from config.localdb.errors import LocalDatabaseError
from config.localdb.server import ATTEMPTS, RETRY_SECONDS, Address
from config.postgres import base as postgres

DEFAULT_DIRECTORY = Path(__file__).resolve().parents[3] / ".localdb"


def address_for(settings: dict[str, Any], *, anew: bool = False) -> Address:
    """Start the server of these database settings if need be, and return where it listens.

    LOCALDB_ALLOWED is the DEBUG that the settings were read with: while tests run, Django turns settings.DEBUG off.
    """
    if not settings.get("LOCALDB_ALLOWED", False):
        raise ImproperlyConfigured(
            "DATABASE_URL is not set, and the embedded database is only for DEBUG: set DATABASE_URL to a PostgreSQL "
            "server (postgres://user:password@host:port/name), or DEBUG=true on a developer's machine."
        )
    try:
        return cluster.ensure_running(Path(settings.get("LOCALDB_DIR") or DEFAULT_DIRECTORY), anew=anew)
    except LocalDatabaseError as error:
        raise OperationalError(str(error)) from error


class DatabaseClient(client.DatabaseClient):
    """psql for `manage.py dbshell`: the wheel's own, of the server's version."""

    @classmethod
    def settings_to_cmd_args_env(
        cls, settings_dict: dict[str, Any], parameters: Iterable[str]
    ) -> tuple[list[str], dict[str, str] | None]:
        """Return psql's command line for the embedded server, which this starts."""
        address = address_for(settings_dict)
        filled = {**settings_dict, "HOST": address.host, "PORT": address.port, "USER": address.user}
        command, environment = super().settings_to_cmd_args_env(filled, parameters)
        return [wheel_binaries().program("psql"), *command[1:]], environment


class DatabaseWrapper(postgres.DatabaseWrapper):
    """A connection to the embedded server, which runs while any client of it does."""

    client_class = DatabaseClient

    def get_connection_params(self) -> dict[str, Any]:
        """Return psycopg's parameters, once the server runs."""
        address = address_for(self.settings_dict)
        parameters: dict[str, Any] = super().get_connection_params()
        return {**parameters, "host": address.host, "port": address.port, "user": address.user}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect; a server that was killed is started again, and one that is busy starting is waited for."""
        for attempt in range(ATTEMPTS):
            try:
                return super().get_new_connection(conn_params)
            except ConnectionFailure:
                # Once more even if it answers: it may have been started again since.
                if attempt and _ping(conn_params) == pq.Ping.OK:
                    raise
            if attempt:
                time.sleep(RETRY_SECONDS)
            address = address_for(self.settings_dict, anew=True)
            conn_params |= {"host": address.host, "port": address.port}
        return super().get_new_connection(conn_params)


def _ping(parameters: dict[str, Any]) -> pq.Ping:
    """Ask whether the server takes connections, whatever was wrong with ours."""
    where = {name: parameters[name] for name in ("host", "port", "user")}
    return pq.Ping(pq.PGconn.ping(conninfo.make_conninfo(**where).encode()))
