"""Tests of Django on the embedded server: commands, lost servers, refusals, parallel tests."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db.utils import OperationalError

from config.localdb import base
from config.localdb.binaries import WHEELS, wheel_binaries
from config.localdb.errors import LocalDatabaseError
from config.localdb.place import place_of
from config.tests.localdb_clients import PLATFORM, discard, eventually, left_of, open_folder, quick_environment

pytestmark = pytest.mark.slow

SETTINGS = """
DATABASES = {{"default": {{"ENGINE": "config.localdb", "NAME": "marquee", "LOCALDB_DIR": {directory!r},
                           "LOCALDB_ALLOWED": DEBUG, "CONN_MAX_AGE": 600, "OPTIONS": {{"connect_timeout": 5}}}}}}
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth"]
SECRET_KEY = "none"
USE_TZ = True
"""
TESTS = """
import pytest
from django.contrib.auth.models import User
from django.db import connection

@pytest.mark.django_db
@pytest.mark.parametrize("number", range(6))
def test_rows(number):
    User.objects.create(username="one")
    assert User.objects.count() == 1
    assert connection.vendor == "postgresql"
    assert connection.settings_dict["NAME"].startswith("test_marquee_gw")
"""
LOST_SERVER = """
import os, signal
import django
django.setup()
from django.db import connection
from config.localdb.processes import read_postmaster
from config.localdb.place import place_of
from pathlib import Path

def started():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_postmaster_start_time()")
        return cursor.fetchone()[0]

first = started()
os.kill(read_postmaster(place_of(Path(connection.settings_dict["LOCALDB_DIR"])).data).pid, signal.SIGKILL)
connection.close()
print(started() > first)
"""
SAFE = "SELECT string_agg(name || '=' || setting, ' ' ORDER BY name) FROM pg_settings WHERE name IN "
SAFE += "('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'TimeZone', 'server_encoding')"


@pytest.fixture(scope="module")
def project() -> Iterator[Path]:
    """A small Django project on a server of its own."""
    project = open_folder()
    directory = str(project / "localdb")
    (project / "throwaway.py").write_text(f"DEBUG = True\n{SETTINGS.format(directory=directory)}")
    (project / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (project / "test_rows.py").write_text(TESTS)
    yield project
    discard(project, place_of(project / "localdb"))


def run(project: Path, *arguments: str) -> str:
    environment = {k: v for k, v in quick_environment().items() if not k.startswith(("PYTEST_", "DJANGO_"))}
    environment |= {
        "PYTHONPATH": f"{project}{os.pathsep}{PLATFORM}",
        "DJANGO_SETTINGS_MODULE": "throwaway",
        "DJANGO_SUPERUSER_PASSWORD": "none",
    }
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=project,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert eventually(lambda: not left_of(place_of(project / "localdb")))
    return done.stdout


def test_commands_keep_what_they_write(project: Path) -> None:
    run(project, "-m", "django", "migrate", "--verbosity", "0")
    run(project, "-m", "django", "createsuperuser", "--noinput", "--username", "root", "--email", "a@b.example")

    answer = run(project, "-m", "django", "dbshell", "--", "-Atc", "SELECT username FROM auth_user", "-c", SAFE)

    assert answer.splitlines() == [
        "root",
        "TimeZone=UTC fsync=on full_page_writes=on listen_addresses= server_encoding=UTF8 synchronous_commit=on",
    ]


def test_parallel_tests_run_on_databases_of_their_own(project: Path) -> None:
    answer = run(project, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--nomigrations", "-n", "2", "test_rows.py")

    assert answer.splitlines()[-1].startswith("6 passed in ")


def test_connection_survives_a_killed_postmaster(project: Path) -> None:
    assert run(project, "-W", "error", "-c", LOST_SERVER) == "True\n"


def test_server_is_refused_without_debug(tmp_path: Path) -> None:
    directory = tmp_path / "localdb"

    with pytest.raises(ImproperlyConfigured) as caught:
        base.address_for({"LOCALDB_DIR": str(directory), "LOCALDB_ALLOWED": False})

    assert str(caught.value) == (
        "DATABASE_URL is not set, and the embedded database is only for DEBUG: set DATABASE_URL to a PostgreSQL "
        "server (postgres://user:password@host:port/name), or DEBUG=true on a developer's machine."
    )
    assert not directory.exists()


def test_server_that_cannot_run_is_an_operational_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    directory = tmp_path / "file" / "localdb"

    with pytest.raises(OperationalError) as caught:
        base.address_for({"LOCALDB_DIR": str(directory), "LOCALDB_ALLOWED": True})

    assert str(caught.value) == (
        f"The folder {directory} of the embedded database cannot be used ([Errno 20] Not a directory: '{directory}'). "
        "Make it writable for this user, or set LOCALDB_DIR to another folder or DATABASE_URL to a PostgreSQL server."
    )


def test_missing_wheels_are_one_sentence() -> None:
    with pytest.raises(LocalDatabaseError) as caught:
        wheel_binaries([("first-wheel", "first_wheel", "pginstall"), ("second-wheel", "second_wheel", "pginstall")])

    assert str(caught.value) == (
        "The embedded database has no PostgreSQL: install the package first-wheel or second-wheel, or set DATABASE_URL "
        "to a PostgreSQL server (postgres://user:password@host:port/name)."
    )


def test_second_wheel_is_taken_without_the_first() -> None:
    result = wheel_binaries()

    assert wheel_binaries([("missing", "no_such_package", "pginstall"), *WHEELS]) == result
    assert (result.major, Path(result.program("postgres")).exists()) == ("18", True)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_without_write_permission_is_an_operational_error(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)

    with pytest.raises(OperationalError, match=r"cannot be used \(\[Errno 13\] Permission denied"):
        base.address_for({"LOCALDB_DIR": str(tmp_path / "localdb"), "LOCALDB_ALLOWED": True})
