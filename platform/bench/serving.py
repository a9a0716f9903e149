"""A web server with the product's own settings, run beside the benchmark, and what it consumes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.server import ROOT

_PROC = Path("/proc")
_READY_SECONDS = 30.0
_PROGRAM = "import sys; from config.http.server import serve; serve(sys.argv[1])"
# What the product serves.
PRODUCT = "config.wsgi.application"
_TICKS = os.sysconf("SC_CLK_TCK")


class NotServing(Exception):
    """The server did not come up. Its own words stand above."""


class Serving:
    """A running server and its worker processes."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Take its main process."""
        self._process = process
        self.port = port

    def workers(self) -> tuple[int, ...]:
        """Return the workers' process ids."""
        children = _PROC / f"{self._process.pid}/task/{self._process.pid}/children"
        # Not the tracker of resources, a child, too, of a process that spawns others.
        return tuple(
            int(pid)
            for pid in children.read_text().split()
            if b"resource_tracker" not in (_PROC / pid / "cmdline").read_bytes()
        )

    def cpu_seconds(self) -> float:
        """Return what the workers have computed by now."""
        return cpu_seconds(self.workers())

    def largest_mb(self) -> float:
        """Return the resident memory of the largest worker."""
        return max(_resident_mb(pid) for pid in self.workers())


def cpu_seconds(pids: Iterable[int]) -> float:
    """Return what processes have computed by now."""
    spent = 0
    for pid in pids:
        # After the name, which may hold anything: state is field 3, user and system time are 14 and 15.
        fields = (_PROC / f"{pid}/stat").read_text().rpartition(")")[2].split()
        spent += int(fields[11]) + int(fields[12])
    return spent / _TICKS


@contextmanager
def serving(application: str, environment: Mapping[str, str], *command: str) -> Iterator[Serving]:
    """Serve an application (a dotted path) as `manage.py serve` does, or by another command, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    path = os.pathsep.join((str(ROOT), str(ROOT / "platform")))
    process = subprocess.Popen(  # noqa: S603 -- our own command line
        [sys.executable, *(command or ("-c", _PROGRAM, application))],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "HOST": "127.0.0.1", "PORT": str(port), **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, port)
        yield Serving(process, port)
    finally:
        process.terminate()
        process.wait(_READY_SECONDS)


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise NotServing


def _resident_mb(pid: int) -> float:
    for line in (_PROC / f"{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
