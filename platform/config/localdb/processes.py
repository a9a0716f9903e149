"""The server's processes: which there are, and how they are ended."""

import os
import signal
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from config.localdb import locks
from config.localdb.place import Place

PROC = Path("/proc")
# A fast stop takes a tenth of a second; more means many dirty pages, and the next start recovers what these lose.
PATIENCE = ((signal.SIGINT, 5.0), (signal.SIGQUIT, 5.0), (signal.SIGKILL, 5.0))


@dataclass(frozen=True)
class Postmaster:
    """What a server writes into its postmaster.pid."""

    pid: int
    port: int
    socket_folder: str
    ready: bool


def read_postmaster(data: Path) -> Postmaster | None:
    """Return what the last server wrote about itself; None when it wrote nothing or not yet enough."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8", errors="surrogateescape").splitlines()
        ready = len(lines) > 7 and lines[7].strip() == "ready"
        return Postmaster(int(lines[0]), int(lines[3]), lines[4], ready)
    except (FileNotFoundError, IndexError, ValueError):
        return None


def server_name(clients_lock: int) -> str:
    """Return the cluster_name of the server whose clients.lock this is; its processes show it in their titles.

    The name is the file's, not the path's: a server that outlives its removed folder is never taken for the one that
    runs in a new folder at the same path, because its supervisor keeps the file.
    """
    state = os.fstat(clients_lock)
    return f"marquee-{state.st_dev:x}-{state.st_ino:x}"


def server_pids(place: Place, name: str) -> set[int]:
    """Return the live processes of this server: the postmaster, its children, and children that outlived it.

    They are known by the cluster name, because a number in postmaster.pid may long be somebody else's, and because
    command lines are readable where a process's folder is not (root in a container). Without /proc (macOS) only the
    postmaster is known.
    """
    if not PROC.joinpath("self").exists():
        postmaster = read_postmaster(place.data)
        return {postmaster.pid} if postmaster and _exists(postmaster.pid) else set()
    return {int(entry.name) for entry in PROC.iterdir() if entry.name.isdigit() and _is_of(name.encode(), entry)}


def stop(place: Place, name: str) -> None:
    """End every process of the server, the kind way first; hold the start lock."""
    postmaster = read_postmaster(place.data)
    for kind, seconds in PATIENCE:
        deadline = time.monotonic() + seconds
        pids = server_pids(place, name)
        if kind is signal.SIGINT:
            # Only the postmaster understands it as "stop"; children without one end by the next signal.
            pids &= {postmaster.pid} if postmaster else set()
            if not pids:
                continue
        for pid in pids:
            _kill(pid, kind)
        while time.monotonic() < deadline:
            if not server_pids(place, name):
                return
            time.sleep(locks.POLL_SECONDS)


def forget(place: Place, name: str) -> None:
    """Remove the files by which a dead server would keep a new one from starting; hold the start lock.

    PostgreSQL removes them itself unless their number belongs to another process by now, as after a restart of the
    machine.
    """
    if not PROC.joinpath("self").exists() or server_pids(place, name):
        return
    postmaster = read_postmaster(place.data)
    if postmaster is not None:
        socket = Path(postmaster.socket_folder) / f".s.PGSQL.{postmaster.port}"
        for path in (socket, socket.with_name(f"{socket.name}.lock")):
            path.unlink(missing_ok=True)
    (place.data / "postmaster.pid").unlink(missing_ok=True)


def _is_of(name: bytes, entry: Path) -> bool:
    try:
        words = (entry / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return False
    title = b"postgres: " + name + b":"
    return words[0].startswith(title) or (
        words[0].rpartition(b"/")[2] == b"postgres" and b"cluster_name=" + name in words
    )


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _kill(pid: int, kind: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, kind)
