"""The command that makes the dump of a release: see the package."""

import gzip
import os
import re
import subprocess
import sys

import django
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from config.localdb.base import address_for  # noqa: E402
from config.localdb.binaries import wheel_binaries  # noqa: E402
from config.tests.naming import tables  # noqa: E402
from config.tests.releases.dumps import FOLDER  # noqa: E402
from config.tests.releases.rows import LEFT_EMPTY, fill  # noqa: E402
from recommendations.evaluation.scratch import pointed_at, scratch_template  # noqa: E402

# How the migration makes the extension, which does without it where it cannot be had.
_EXTENSION = FOLDER.parents[3] / "recommendations" / "sql" / "vector_extension.sql"
# psql's own commands, and settings that PostgreSQL 15 does not know.
_UNPORTABLE = re.compile(r"^(\\.*|SET transaction_timeout = .*)\n", re.MULTILINE)


def dump(database: str) -> str:
    """Return a database of the embedded server as SQL."""
    address = address_for(connection.settings_dict)
    command = [
        wheel_binaries().program("pg_dump"), "--no-owner", "--no-privileges", "--exclude-extension=vector",
        "--rows-per-insert=200", "--host", address.host, "--port", str(address.port), "--username", address.user,
        database,
    ]  # fmt: skip
    said = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
    return _EXTENSION.read_text() + _UNPORTABLE.sub("", said)


def main(release: str) -> None:
    path = FOLDER / f"{release}.sql.gz"
    with scratch_template() as name:
        with pointed_at(name):
            fill()
            if (faults := FOLDER / f"{release}.faults.sql").exists():
                with connection.cursor() as cursor:
                    cursor.execute(faults.read_text())
            with connection.cursor() as cursor:
                empty = []
                for table in tables():
                    cursor.execute(f"SELECT EXISTS (SELECT FROM {table})")
                    if not cursor.fetchone()[0]:
                        empty.append(table)
            if set(empty) - set(LEFT_EMPTY):
                sys.exit(f"Nothing is in {', '.join(empty)}: add rows in rows.py.")
        text = dump(name)
    path.write_bytes(gzip.compress(text.encode(), mtime=0))
    print(f"{path}: {path.stat().st_size:,} bytes")  # noqa: T201


main(sys.argv[1])
