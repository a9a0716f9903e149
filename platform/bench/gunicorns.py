"""This file holds a gunicorn with the product's own settings, run beside the benchmark, and what it consumes."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.server import ROOT

_PROC = Path("/proc")
_READY_SECONDS = 30.0
_TICKS = os.sysconf("SC_CLK_TCK")


class NotServing(Exception):
    """gunicorn did not come up. Its own words stand above."""


class Gunicorn:
    """A running master and its workers."""

    def __init__(self, process: subprocess.Popen[bytes], port: int) -> None:
        """Take the master."""
        self._process = process
        self.port = port

    def workers(self) -> tuple[int, ...]:
        """Return the workers' process ids."""
        children = _PROC / f"{self._process.pid}/task/{self._process.pid}/children"
        return tuple(int(pid) for pid in children.read_text().split())

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
def serving(application: str | None, environment: dict[str, str]) -> Iterator[Gunicorn]:
    """Run gunicorn.conf.py, with another application if one is named, until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "--config", str(ROOT / "gunicorn.conf.py")]
    path = os.pathsep.join((str(ROOT), str(ROOT / "platform")))
    process = subprocess.Popen(  # noqa: S603 -- our own command line
        command + ([application] if application else []),
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "HOST": "127.0.0.1", "PORT": str(port), **environment},
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, port)
        yield Gunicorn(process, port)
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
