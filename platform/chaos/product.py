"""The product as it runs in production, the web server with its worker processes, and its commands."""

import os
import secrets
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO

from chaos.client import Client, NoAnswer, Where, get
from chaos.proxy import HOST, NAME, ROOT, free_port, group

WORKERS = 2
_PROC = Path("/proc")
_READY_SECONDS = 60.0
_STOP_SECONDS = 15.0
_POLL_SECONDS = 0.02
_LOG_TAIL_BYTES = 600
_COMMAND_SECONDS = 300


class NotServing(Exception):
    """The product does not serve."""


def environment(database_url: str) -> dict[str, str]:
    """Return the variables of a production process: nothing of ours but what finds programs and libraries."""
    kept = ("PATH", "HOME", "LD_LIBRARY_PATH", "LANG", "TMPDIR")
    return {name: os.environ[name] for name in kept if name in os.environ} | {
        "PYTHONPATH": str(ROOT / "platform"),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "DATABASE_URL": database_url,
        "DEBUG": "false",
        "SECRET_KEY": secrets.token_urlsafe(50)[:50],
        "ALLOWED_HOSTS": f"{HOST},{NAME}",
        "HTTPS_ONLY": "false",
        "WEB_CONCURRENCY": str(WORKERS),
        # What is measured is the machine's limit, not what a client is allowed.
        "REQUESTS_PER_MINUTE": "0",
        "ANONYMOUS_REQUESTS_PER_MINUTE": "0",
        "INTERACTIONS_PER_MINUTE": "0",
        "EXPLANATIONS_PER_MINUTE": "0",
        "SIGN_INS_PER_MINUTE": "0",
    }


class Product:
    """A running web server."""

    def __init__(
        self, variables: dict[str, str], log: Path, *, port: int | None = None, listens: Path | None = None
    ) -> None:
        """Start it, on a port or for the proxy on a Unix socket, writing to a log; `wait` waits until it serves."""
        self.port = free_port() if port is None else port
        self._where: Where = listens or self.port
        self._log = log
        host = {} if listens is None else {"HOST": str(listens), "PROXY_COUNT": "1"}
        with log.open("ab") as output:
            self._master = subprocess.Popen(
                [sys.executable, "manage.py", "serve"],
                cwd=ROOT,
                env={**variables, "PORT": str(self.port), **host},
                group=None if listens is None else group(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                # Ctrl-C is for the harness, which then stops this one.
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until every worker is there and the database is reached; raises NotServing."""
        deadline = time.monotonic() + _READY_SECONDS
        client = Client(self._where, timeout_seconds=5)
        try:
            while time.monotonic() < deadline and self._master.poll() is None:
                with suppress(NoAnswer):
                    if client.ask(get("/readyz")).status == 200 and len(self.workers()) == WORKERS:
                        return
                time.sleep(_POLL_SECONDS)
        finally:
            client.close()
        raise NotServing(f"The product does not serve: {self._log.read_text(errors='replace')[-_LOG_TAIL_BYTES:]}")

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        return [int(entry.name) for entry in _PROC.iterdir() if entry.name.isdigit() and self._is_parent_of(entry)]

    def processes(self) -> list[int]:
        """Return the process ids of master and workers, the same as long as nothing restarted."""
        return [self._master.pid, *sorted(self.workers())]

    def kill_worker(self) -> bool:
        """Kill the worker with the lowest number, and say whether there was one."""
        for pid in sorted(self.workers()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                return True
        return False

    def memory_bytes(self) -> dict[int, int]:
        """Return what each worker holds in memory (its resident set)."""
        page = os.sysconf("SC_PAGE_SIZE")
        return {pid: int((_PROC / str(pid) / "statm").read_text().split()[1]) * page for pid in self.workers()}

    def stop(self) -> None:
        """Stop it and wait; what does not stop is killed."""
        self._master.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._master.wait(_STOP_SECONDS)
        # Its session, which is a process group too: workers whose master was killed.
        with suppress(ProcessLookupError):
            os.killpg(self._master.pid, signal.SIGKILL)
        self._master.wait()

    def _is_parent_of(self, entry: Path) -> bool:
        try:
            stat = (entry / "stat").read_text()
            command = (entry / "cmdline").read_bytes()
        except OSError:
            return False
        # After the name in parentheses, which may hold anything: state, then the parent.
        state, parent = stat.rpartition(")")[2].split()[:2]
        # A child, too, is the tracker of resources of a process that spawns others.
        return int(parent) == self._master.pid and state != "Z" and b"resource_tracker" not in command


class CommandFailed(Exception):
    """A command failed."""


def run(
    variables: Mapping[str, str], *arguments: str, output: IO[bytes] | int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    """Run the interpreter with arguments, in the project's folder, and return how it ended."""
    return subprocess.run(  # noqa: S603 -- our own programs
        [sys.executable, *arguments],
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=False,
    )


def checked(done: subprocess.CompletedProcess[str]) -> str:
    """Return what a program wrote; CommandFailed if it failed."""
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(done.args[1:])} failed: {done.stderr[-600:]}")
    return done.stdout
