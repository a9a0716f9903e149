"""Tests of backups: dumped and restored as docs/operations.md says."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from psycopg import conninfo, sql

from config.localdb.binaries import wheel_binaries
from events.models import Event
from events.tests.factories import EventFactory
from interactions.models import Interaction, Tally
from interactions.tests.factories import InteractionFactory

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

RECOUNT = (Path(__file__).resolve().parents[3] / "interactions" / "sql" / "recount.sql").read_text()


def program(name: str) -> str:
    """Return a program of the server's version or a newer one."""
    if connection.settings_dict["ENGINE"] == "config.localdb":
        return wheel_binaries().program(name)
    result = shutil.which(name)
    if result is None:
        pytest.skip(f"{name} is not installed")
    said = subprocess.run([result, "--version"], stdout=subprocess.PIPE, text=True, check=True).stdout
    if int(said.split()[2].split(".")[0]) < connection.pg_version // 10_000:
        pytest.skip(f"{said.strip()} is older than the server")
    return result


def address_of(database: str) -> str:
    parameters = connection.get_connection_params()
    known = {name: parameters[name] for name in ("host", "port", "user", "password") if parameters.get(name)}
    return conninfo.make_conninfo(**known, dbname=database)


@pytest.fixture
def restored() -> Iterator[str]:
    """The name of a new, empty database."""
    name = f"{connection.settings_dict['NAME']}_restored"
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        cursor.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    yield name
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))


def test_restored_database_has_exact_counts_and_goes_on_counting(tmp_path: Path, restored: str) -> None:
    dump = str(tmp_path / "marquee.dump")
    popular, other = EventFactory(), EventFactory(start_at=datetime(2030, 1, 1, tzinfo=UTC))
    InteractionFactory.create_batch(3, event=popular)
    InteractionFactory(event=other)
    Interaction.objects.filter(event=other).delete()
    tallies = set(Tally.objects.values_list("event_id", "interaction_count", "start_at", "demoted_at"))

    source = address_of(connection.settings_dict["NAME"])
    command = [program("pg_dump"), "--format=custom", "--no-owner", "--no-unlogged-table-data", f"--file={dump}"]
    subprocess.run([*command, source], check=True)
    command = [program("pg_restore"), "--exit-on-error", "--no-owner", "--jobs=2"]
    subprocess.run([*command, f"--dbname={address_of(restored)}", dump], check=True)

    with psycopg.connect(address_of(restored)) as link:
        kept = link.execute("SELECT event_id, interaction_count, start_at, demoted_at FROM interactions_tally")
        assert set(kept.fetchall()) == tallies
        assert link.execute(RECOUNT).fetchall() == []
        link.execute("DELETE FROM interactions_interaction WHERE id = (SELECT min(id) FROM interactions_interaction)")
        link.execute("DELETE FROM events_event WHERE id = %s", [other.pk])
        kept = link.execute("SELECT event_id, interaction_count FROM interactions_tally")
        assert kept.fetchall() == [(popular.pk, 2)]
        assert link.execute("SELECT relpersistence FROM pg_class WHERE relname = 'users_allowance'").fetchone() == (
            "u",
        )
    assert Event.objects.count() == 2
