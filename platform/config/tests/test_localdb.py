"""Tests of the embedded server's life: real processes, ended in every way there is."""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import pytest

from config.localdb import processes
from config.localdb.cluster import ensure_running
from config.localdb.errors import LocalDatabaseError
from config.localdb.place import place_of
from config.localdb.server import address_of
from config.tests.localdb_clients import (
    DEADLINE_SECONDS,
    Client,
    discard,
    eventually,
    kill_supervisor,
    left_of,
    postmaster_of,
    supervisor_of,
)

pytestmark = pytest.mark.slow


def test_twelve_first_clients_share_one_server(empty: Path) -> None:
    clients = [Client(empty) for _ in range(12)]
    for client in clients:
        client.tell("start")

    answers = {client.answer()[1] for client in clients}
    codes = {client.end() for client in clients}

    assert len(answers) == 1
    assert codes == {0}
    assert eventually(lambda: not left_of(place_of(empty)))


def test_killed_clients_leave_no_process(directory: Path) -> None:
    first, second = Client(directory), Client(directory)
    started = first.ask()
    assert second.ask() == started

    first.kill()
    assert second.ask("anew") == started
    second.kill()

    assert eventually(lambda: not left_of(place_of(directory)))


def test_forked_client_keeps_the_server(directory: Path) -> None:
    client = Client(directory)
    started = client.ask()
    client.tell("fork")
    child, _ = client.answer()

    client.process.kill()
    client.process.wait(DEADLINE_SECONDS)
    newcomer = Client(directory)
    assert newcomer.ask() == started
    assert newcomer.end() == 0
    assert client.ask() == started
    client.kill()

    assert eventually(lambda: not left_of(place_of(directory)))
    assert child != client.process.pid


def test_killed_postmaster_is_replaced(directory: Path) -> None:
    client = Client(directory)
    started = client.ask()
    first = postmaster_of(place_of(directory))

    os.kill(first, signal.SIGKILL)
    # The kernel takes a moment to close a killed process's socket; Django's side tries again, a plain client may not.
    assert eventually(lambda: address_of(place_of(directory)) is None)
    again = client.ask("anew")

    assert again > started
    assert postmaster_of(place_of(directory)) != first
    assert client.end() == 0
    assert eventually(lambda: not left_of(place_of(directory)))


def test_stale_number_of_another_process_does_not_keep_the_server_from_starting(directory: Path) -> None:
    place = place_of(directory)
    client = Client(directory)
    client.ask()
    written = (place.data / "postmaster.pid").read_text()
    assert client.end() == 0
    assert eventually(lambda: not left_of(place))

    # Ours is a living process, as any number may be after a restart of the machine.
    (place.data / "postmaster.pid").write_text(written.replace(written.split()[0], str(os.getpid()), 1))
    newcomer = Client(directory)

    assert newcomer.ask()
    assert newcomer.end() == 0


def test_killed_supervisor_is_replaced_by_the_next_client(directory: Path) -> None:
    first = Client(directory)
    started = first.ask()
    old = supervisor_of(place_of(directory))

    kill_supervisor(place_of(directory))
    second = Client(directory)
    assert second.ask() == started
    assert supervisor_of(place_of(directory)) != old
    first.kill()
    second.kill()

    assert eventually(lambda: not left_of(place_of(directory)))


def test_killed_supervisor_is_replaced_by_the_last_client_that_ends(directory: Path) -> None:
    client = Client(directory)
    client.ask()

    kill_supervisor(place_of(directory))

    assert client.end() == 0
    assert eventually(lambda: not left_of(place_of(directory)))


@pytest.mark.parametrize("initdb_too", [False, True])
def test_killed_initialisation_leaves_nothing_half(empty: Path, *, initdb_too: bool) -> None:
    place = place_of(empty)
    client = Client(empty)
    client.tell("start")
    assert eventually((place.home / "data.partial" / "PG_VERSION").exists)

    client.kill()
    if initdb_too:
        for pid in left_of(place):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
    newcomer = Client(empty)

    assert newcomer.ask()
    assert newcomer.end() == 0
    assert not (place.home / "data.partial").exists()


def test_removed_folder_leaves_no_process(empty: Path) -> None:
    client = Client(empty)
    client.ask()
    place = place_of(empty)
    running = left_of(place)

    shutil.rmtree(place.home)
    assert client.process.poll() is None
    client.kill()

    assert len(running) > 2
    assert eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running))


def test_long_path_has_its_socket_elsewhere(directory: Path) -> None:
    long = directory / ("long " * 20) / "localdb"
    client = Client(long)

    assert client.ask()
    postmaster = processes.read_postmaster(place_of(long).data)
    assert client.end() == 0

    assert postmaster is not None
    assert len(postmaster.socket_folder) < 80
    assert eventually(lambda: not Path(postmaster.socket_folder).exists())


@pytest.mark.skipif(os.geteuid() != 0, reason="only root's server runs as somebody else")
def test_private_folder_of_root_stays_private(tmp_path: Path) -> None:
    private = tmp_path / "private"
    private.mkdir(mode=0o700)
    client = Client(private / "localdb")

    assert client.ask()
    place = place_of(private / "localdb")
    again = Client(private / "localdb")
    assert again.ask() == client.ask()
    codes = (client.end(), again.end())

    assert codes == (0, 0)
    assert private.stat().st_mode & 0o777 == 0o700
    assert not place.home.is_relative_to(private)
    discard(private, place)


def test_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    directory = tmp_path / "file" / "localdb"

    with pytest.raises(LocalDatabaseError) as caught:
        ensure_running(directory)

    assert str(caught.value) == (
        f"The folder {directory} of the embedded database cannot be used ([Errno 20] Not a directory: '{directory}'). "
        "Make it writable for this user, or set LOCALDB_DIR to another folder or DATABASE_URL to a PostgreSQL server."
    )


def test_data_of_another_version_is_one_line(empty: Path) -> None:
    place = place_of(empty)
    place.data.mkdir()
    (place.data / "PG_VERSION").write_text("17\n")

    with pytest.raises(LocalDatabaseError) as caught:
        ensure_running(empty)

    assert str(caught.value) == (
        f"The data in {place.data} is PostgreSQL 17's, and PostgreSQL 18 is installed. Move that folder away to start "
        "with an empty database, or dump it with PostgreSQL 17 first."
    )
