"""This file holds the tests of the embedded server's life: real processes, ended in every way there is."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import ClassVar

import pytest

from config.localdb import locks, processes
from config.localdb.cluster import ensure_running
from config.localdb.errors import LocalDatabaseError
from config.localdb.place import Place, place_of
from config.localdb.server import address_of

pytestmark = pytest.mark.slow

PLATFORM = Path(__file__).resolve().parents[2]
DEADLINE_SECONDS = 20
# Reads the folder from standard input, not from its arguments: by those the tests find what is left of a server.
CLIENT = """
import os, sys
from pathlib import Path
import psycopg
from config.localdb.cluster import ensure_running

directory = Path(sys.stdin.readline().strip())
for line in sys.stdin:
    question = line.strip()
    if question == "fork" and os.fork() > 0:
        continue
    address = ensure_running(directory, anew=question == "anew")
    with psycopg.connect(host=address.host, port=address.port, user=address.user, dbname=address.database) as link:
        started, = link.execute("SELECT pg_postmaster_start_time()::text").fetchone()
    print(os.getpid(), started, sep="|", flush=True)
"""


def eventually(fact: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not fact():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


# Packages are installed without bytecode: kept here, it saves every process a second or two of compiling.
BYTECODE = tempfile.mkdtemp(prefix="marquee-test-bytecode-")
atexit.register(shutil.rmtree, BYTECODE, ignore_errors=True)


def quick_environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"} | {"PYTHONPYCACHEPREFIX": BYTECODE}


class Client:
    """A process that uses the server until it is told to end, or killed."""

    alive: ClassVar[list["Client"]] = []

    def __init__(self, directory: Path, program: str = CLIENT) -> None:
        self.alive.append(self)
        self.process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=quick_environment() | {"PYTHONPATH": str(PLATFORM)},
        )
        self.tell(str(directory))

    def tell(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()

    def answer(self) -> tuple[int, str]:
        """Return the process that answered, and when its server started."""
        assert self.process.stdout is not None
        pid, started = self.process.stdout.readline().strip().split("|")
        return int(pid), started

    def ask(self, question: str = "again") -> str:
        self.tell(question)
        return self.answer()[1]

    def end(self) -> int:
        self.alive.remove(self)
        self.process.communicate(timeout=DEADLINE_SECONDS)
        return self.process.returncode

    def kill(self) -> None:
        self.alive.remove(self)
        self.process.kill()
        self.process.communicate(timeout=DEADLINE_SECONDS)


def left_of(place: Place) -> set[int]:
    """Return the processes of the server and of its supervisor."""
    listing = subprocess.run(["ps", "-wwAo", "pid=,args="], stdout=subprocess.PIPE, text=True, check=True).stdout
    named = {int(line.split()[0]) for line in listing.splitlines() if f"{place.home}/" in f"{line}/"}
    return named | server_of(place)


def server_of(place: Place) -> set[int]:
    if not place.clients_lock.exists():
        return set()
    descriptor = locks.open_lock(place.clients_lock)
    try:
        return processes.server_pids(place, processes.server_name(descriptor))
    finally:
        os.close(descriptor)


def supervisor_of(place: Place) -> int:
    (pid,) = left_of(place) - server_of(place)
    return pid


def postmaster_of(place: Place) -> int:
    postmaster = processes.read_postmaster(place.data)
    assert postmaster is not None
    return postmaster.pid


def open_folder() -> Path:
    """Return a new folder that the server's account may pass through, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-test-")).resolve()
    folder.chmod(0o711)
    return folder


def discard(parent: Path, place: Place) -> None:
    gone = eventually(lambda: not left_of(place))
    shutil.rmtree(place.home, ignore_errors=True)
    shutil.rmtree(parent)
    assert gone


@pytest.fixture(autouse=True)
def _no_client_survives_a_failed_test() -> Iterator[None]:
    yield
    while Client.alive:
        Client.alive[-1].kill()


@pytest.fixture
def empty() -> Iterator[Path]:
    """A folder without a server yet."""
    parent = open_folder()
    directory = parent / "localdb"
    yield directory
    discard(parent, place_of(directory))


@pytest.fixture(scope="module")
def directory() -> Iterator[Path]:
    """A folder that several tests use one after another; each leaves it without processes."""
    parent = open_folder()
    directory = parent / "localdb"
    yield directory
    discard(parent, place_of(directory))


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

    os.kill(old, signal.SIGKILL)
    assert eventually(lambda: old not in left_of(place_of(directory)))
    second = Client(directory)
    assert second.ask() == started
    assert supervisor_of(place_of(directory)) != old
    first.kill()
    second.kill()

    assert eventually(lambda: not left_of(place_of(directory)))


def test_killed_supervisor_is_replaced_by_the_last_client_that_ends(directory: Path) -> None:
    client = Client(directory)
    client.ask()

    os.kill(supervisor_of(place_of(directory)), signal.SIGKILL)

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
