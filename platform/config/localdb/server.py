"""How the server is initialised and started; every function here needs the start lock."""

import os
import shutil
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from config.localdb import processes
from config.localdb.account import give, run_as
from config.localdb.binaries import Binaries, usable_binaries
from config.localdb.errors import LocalDatabaseError
from config.localdb.place import Place, socket_folder

USER = "marquee"
DATABASE = "marquee"
PORT = 5432
LOG_BYTES = 10_000_000
LOG_TAIL_LINES = 5
ATTEMPTS = 10
RETRY_SECONDS = 1.0
# What PostgreSQL says while children of a killed server still hold its memory.
PASSING = ("is still in use", "already exists")
# For a machine with two cores and a few gigabytes. Never fsync, synchronous_commit or full_page_writes: what was
# acknowledged is not lost here either.
SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "max_wal_size": "512MB",
    # No replicas, so no log for them and no processes.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_logical_replication_workers": "0",
    "jit": "off",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "logging_collector": "off",
    "log_destination": "stderr",
    # DETAIL and CONTEXT quote rows, and statements hold their values: neither is logged.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}


@dataclass(frozen=True)
class Address:
    """Where the server listens: the folder of its socket, the port that names the socket, user and database."""

    host: str
    port: int
    user: str
    database: str


def address_of(place: Place) -> Address | None:
    """Return where the running server listens; None when nothing does."""
    postmaster = processes.read_postmaster(place.data)
    if postmaster is None or not _answers(Path(postmaster.socket_folder) / f".s.PGSQL.{postmaster.port}"):
        return None
    return Address(postmaster.socket_folder, postmaster.port, USER, DATABASE)


def start(place: Place, name: str, *, start_lock: int) -> Address:
    """Start the server, on new data when there are none, and return where it listens."""
    processes.stop(place, name)
    processes.forget(place, name)
    binaries = usable_binaries(place)
    if not place.data.exists():
        _initialise(place, binaries, start_lock=start_lock)
    _check_version(place, binaries)
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(RETRY_SECONDS)
        said = _launch(place, name, binaries, start_lock=start_lock)
        address = address_of(place)
        if address is not None:
            return address
        if not any(reason in said for reason in PASSING):
            break
    tail = " | ".join(said.splitlines()[-LOG_TAIL_LINES:])
    raise LocalDatabaseError(
        f"The embedded database did not start: {tail or 'its log is empty'}. See {place.log}, or remove {place.home} "
        "to start with an empty database."
    )


def open_log(place: Place) -> int:
    """Open the log for appending and return its descriptor."""
    return os.open(place.log, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of our modules with the standard library alone."""
    return [sys.executable, "-S", "-P", "-m", f"config.localdb.{module}", *arguments]


def python_environment() -> dict[str, str]:
    """Return the variables under which `python` finds our modules."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])}


def _initialise(place: Place, binaries: Binaries, *, start_lock: int) -> None:
    """Make the data folder with the database in it: beside its name first, so that a kill leaves nothing half."""
    partial = place.home / "data.partial"
    # The operating system's C.UTF-8 is for the text search parser alone; without it that takes dashes for letters.
    for locale in ("C.UTF-8", "C"):
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(mode=0o700)
        give(partial, place.account)
        command = [binaries.program("initdb"), "-D", str(partial), "-U", USER, "--auth=trust", "--encoding=UTF8"]
        command += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", f"--locale={locale}"]
        done = run_as(place.account, command, keep_open=start_lock)
        if done.returncode == 0 or "invalid locale" not in done.stdout:
            break
    if done.returncode == 0:
        command = [
            binaries.program("postgres"),
            "--single",
            "-D",
            str(partial),
            "-c",
            "log_checkpoints=off",
            "template1",
        ]
        done = run_as(place.account, command, keep_open=start_lock, text=f"CREATE DATABASE {DATABASE};\n")
    # A single-user server exits with 0 after a statement that failed.
    if done.returncode != 0 or "ERROR:" in done.stdout:
        raise LocalDatabaseError(
            f"The embedded database could not be initialised in {place.home}: {done.stdout[-600:]} "
            "Make room or set LOCALDB_DIR to another folder."
        )
    partial.rename(place.data)
    folder = os.open(place.home, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _check_version(place: Place, binaries: Binaries) -> None:
    version = (place.data / "PG_VERSION").read_text(encoding="ascii").strip()
    if version != binaries.major:
        raise LocalDatabaseError(
            f"The data in {place.data} is PostgreSQL {version}'s, and PostgreSQL {binaries.major} is installed. "
            f"Move that folder away to start with an empty database, or dump it with PostgreSQL {version} first."
        )


def _launch(place: Place, name: str, binaries: Binaries, *, start_lock: int) -> str:
    """Run the launcher and return what the server wrote to its log meanwhile."""
    settings = SETTINGS | {"unix_socket_directories": str(socket_folder(place)), "cluster_name": name}
    command = [binaries.program("postgres"), "-D", str(place.data), "-p", str(PORT)]
    for setting, value in settings.items():
        command += ["-c", f"{setting}={value}"]
    uid, gid = (str(place.account.uid), str(place.account.gid)) if place.account else ("", "")
    log = open_log(place)
    try:
        if os.fstat(log).st_size > LOG_BYTES:
            os.truncate(log, 0)
        size = os.fstat(log).st_size
        subprocess.run(  # noqa: S603 -- our own module
            python("launcher", str(place.data), uid, gid, *command),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            env=python_environment(),
            # Kept until the server is ready, should we be killed: nobody else starts or stops a half-started one.
            pass_fds=(start_lock,),
            start_new_session=True,
            check=False,
        )
    finally:
        os.close(log)
    return place.log.read_bytes()[size:].decode(errors="replace")


def _answers(path: Path) -> bool:
    """Say whether a server listens on the socket; one too busy to answer does."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(5)
        try:
            connection.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            return False
        except (TimeoutError, BlockingIOError):
            return True
    return True
