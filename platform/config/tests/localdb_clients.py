"""What the tests of the embedded server share: clients as real processes, and what is left of them."""

import atexit
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from config.localdb import locks, processes
from config.localdb.place import Place

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


def kill_supervisor(place: Place) -> None:
    """Kill the supervisor and wait until its lock is free: a client that ends before that would still see it.

    The kernel frees the lock after it takes the process off the list, so the list does not tell.
    """
    os.kill(supervisor_of(place), signal.SIGKILL)
    descriptor = locks.open_lock(place.supervisor_lock)
    try:
        assert eventually(lambda: locks.try_exclusive(descriptor))
    finally:
        os.close(descriptor)


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
