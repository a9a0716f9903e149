"""Tests that a server that keeps its connections and says nothing is given up."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import OperationalError, ProgrammingError, connection

from config.postgres.base import DatabaseWrapper, Patience

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def silences():
    """What was told of silences."""
    return []


@pytest.fixture
def database(silences, monkeypatch):
    """A connection of a process that serves, with little patience, and in autocommit."""
    patience = Patience(
        statement_seconds=0.2,
        check_seconds=0.2,
        on_silence=lambda alias: silences.append("silent"),
        is_away=lambda alias: bool(silences),
    )
    monkeypatch.setattr(DatabaseWrapper, "patience", patience)
    database = connection.copy()
    database.health_check_enabled = True
    yield database
    database.close()


@contextmanager
def halted(database):
    """Halt the server's process of a connection."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def ask(database):
    with database.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone()


def test_statement_without_an_answer_is_given_up(database, silences):
    with halted(database), pytest.raises(OperationalError, match=r"has said nothing for 0\.2 seconds"):
        ask(database)

    # What it answers later must not be taken for the answer to the next statement.
    assert (silences, database.connection.closed) == (["silent"], True)


def test_commit_without_an_answer_is_given_up(database, silences):
    database.set_autocommit(False)

    with halted(database), pytest.raises(OperationalError, match="has said nothing"):
        database.commit()

    assert silences == ["silent"]


def test_connection_that_no_longer_answers_is_not_used(database, silences):
    with halted(database):
        time.sleep(0.3)
        assert (database.is_usable(), silences) == (False, ["silent"])


def test_connection_that_answered_a_moment_ago_is_not_asked_again(database, silences):
    with halted(database):
        assert (database.is_usable(), silences) == (True, [])


def test_connection_that_the_server_has_ended_is_not_used_however_lately_it_answered(database):
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 2000)", [pid])

    assert database.is_usable() is False


def test_connection_in_a_failed_transaction_is_not_used(database):
    database.set_autocommit(False)
    with pytest.raises(ProgrammingError), database.cursor() as cursor:
        cursor.execute("SELECT nothing_that_is_there")

    assert database.is_usable() is False


def test_nobody_but_a_probe_connects_while_the_database_is_away(database, silences):
    silences.append("silent")
    with pytest.raises(OperationalError, match="The database is away"):
        ask(database)

    database.is_probe = True

    assert ask(database) == (1,)


def test_commands_wait_as_long_as_it_takes(database, silences, monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "patience", None)
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(0.3)")

    assert silences == []


@pytest.mark.slow
def test_no_limit_on_statements_is_none_on_silence_either():
    program = (
        "import django; django.setup()\n"
        "from config.serving import prepare; prepare()\n"
        "from django.db import connection\n"
        "connection.cursor().execute('SELECT pg_sleep(1)')\n"
    )
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONPATH": "platform",
        "DATABASE_STATEMENT_TIMEOUT_MS": "0",
    }

    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, "")
