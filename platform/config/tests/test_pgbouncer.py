"""deploy/pgbouncer.ini with Debian's PgBouncer: the tests of the API pass through it, and the role's timeouts hold."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from config.tests.served import ROOT, free_port

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

# What a client of the API sees: every route's recorded answer, the feed with its pages, recording, limits, problems.
_TESTS = (
    "platform/config/tests/test_answers.py",
    "platform/config/tests/test_limits.py",
    "platform/config/tests/test_problems.py",
    "recommendations/tests/test_scenarios.py",
    "recommendations/tests/test_views.py",
    "interactions/tests/test_views.py",
    "users/tests/test_views.py",
    "events/tests/test_views.py",
)
_PROGRAM = shutil.which("pgbouncer") or shutil.which("/usr/sbin/pgbouncer")
_SECONDS = 60


@contextmanager
def pooled(user):
    """Yield the port of a pooler for a user, in front of the tests' server; as shipped, but for paths, port and password."""
    if _PROGRAM is None:
        pytest.skip("PgBouncer is not installed")
    server = connection.get_connection_params()
    with tempfile.TemporaryDirectory() as folder:
        port = free_port()
        log, users = Path(folder, "pgbouncer.log"), Path(folder, "users.txt")
        users.write_text(f'"{user}" "{server.get("password") or ""}"\n')
        changed = {
            "marquee = host=127.0.0.1 port=5432 dbname=marquee": f"* = host={server['host']} port={server['port']}",
            "listen_port = 6432": f"listen_port = {port}",
            "unix_socket_dir = /run/postgresql": "unix_socket_dir =",
            "/var/log/postgresql/pgbouncer.log": str(log),
            "/run/postgresql/pgbouncer.pid": f"{folder}/pgbouncer.pid",
            "auth_type = scram-sha-256": "auth_type = trust",
            "/etc/pgbouncer/userlist.txt": str(users),
        }
        text = (ROOT / "deploy" / "pgbouncer.ini").read_text()
        for shipped, here in changed.items():
            assert shipped in text
            text = text.replace(shipped, here)
        settings = Path(folder, "pgbouncer.ini")
        # Each transaction on another connection, so that nothing may be left on one by the transaction before.
        settings.write_text(f"{text}min_pool_size = 4\nserver_round_robin = 1\n")
        # As the owner of the server's socket: PgBouncer refuses to be root, and others may not reach it.
        owner = Path(server["host"]).stat()
        for path in (Path(folder), *Path(folder).iterdir()):
            os.chown(path, owner.st_uid, owner.st_gid)
        process = subprocess.Popen(
            [_PROGRAM, str(settings)], user=owner.st_uid, group=owner.st_gid, stderr=subprocess.PIPE, text=True
        )
        try:
            deadline = time.monotonic() + _SECONDS
            while not _answers(port, user):
                assert process.poll() is None, process.stderr.read()
                assert time.monotonic() < deadline, log.read_text()
            yield port
        finally:
            process.terminate()
            process.wait(_SECONDS)
            process.stderr.close()


def _answers(port, user):
    try:
        psycopg.connect(host="127.0.0.1", port=port, user=user, dbname="postgres").close()
    except psycopg.OperationalError:
        time.sleep(0.05)
        return False
    return True


def test_tests_of_the_api_pass_through_the_pooler():
    name, user = f"{connection.settings_dict['NAME']}_pooled", connection.get_connection_params()["user"]
    with pooled(user) as port:
        url = f"postgres://{user}@127.0.0.1:{port}/{name}?disable_server_side_cursors=true"
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("PYTEST", "COV"))},
            "DATABASE_URL": url,
            "DATABASE_PREPARE": "false",
        }
        # Kept, since the pooler's own connections are in the way of deleting it.
        command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "--reuse-db", *_TESTS]
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    with connection.cursor() as cursor:
        cursor.execute(f'DROP DATABASE IF EXISTS "test_{name}" WITH (FORCE)')

    assert (run.returncode, " passed" in run.stdout) == (0, True), run.stdout[-5_000:] + run.stderr[-2_000:]


def test_timeouts_are_those_of_the_role_whatever_a_client_asks_for():
    role = f"{connection.settings_dict['NAME']}_pooled"
    with connection.cursor() as cursor:
        cursor.execute(f'DROP ROLE IF EXISTS "{role}"')
        cursor.execute(f'CREATE ROLE "{role}" LOGIN')
        cursor.execute(f"""ALTER ROLE "{role}" SET statement_timeout = '2s'""")
    try:
        with pooled(role) as port:
            asked = "-c statement_timeout=7000"
            with psycopg.connect(
                host="127.0.0.1", port=port, user=role, dbname="postgres", options=asked, autocommit=True
            ) as client:
                shown = client.execute("SHOW statement_timeout").fetchone()
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f'DROP ROLE "{role}"')

    assert shown == ("2s",)
