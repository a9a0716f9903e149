"""The dumps of earlier releases, and databases that are restored from them."""

import gzip
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from recommendations.evaluation.scratch import pointed_at

FOLDER = Path(__file__).parent
RELEASES = sorted(path.name.removesuffix(".sql.gz") for path in FOLDER.glob("*.sql.gz"))


@contextmanager
def database_of(release: str) -> Iterator[None]:
    """Point Django at a new database as a release left it, which is dropped afterwards."""
    name = f"marquee_release_{secrets.token_hex(6)}"
    _run(f"CREATE DATABASE {name}")
    try:
        with pointed_at(name):
            restore(release)
            yield
    finally:
        _run(f"DROP DATABASE {name} WITH (FORCE)")


def restore(release: str) -> None:
    """Fill the empty database that Django is connected to with the dump of a release.

    The dump is plain SQL that PostgreSQL 15 takes, too, so no program of PostgreSQL is needed.
    """
    _run(gzip.decompress((FOLDER / f"{release}.sql.gz").read_bytes()).decode())
    # The dump empties the search path.
    connection.close()


def _run(statements: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statements)
