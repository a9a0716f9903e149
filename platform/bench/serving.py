"""A web server with the product's own settings, run beside the benchmark."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bench.server import ROOT

_READY_SECONDS = 30.0


class NotServing(Exception):
    """The server did not come up. Its own words stand above."""


def python_path(root: Path) -> str:
    """Return the PYTHONPATH of a project in a folder."""
    return os.pathsep.join((str(root), str(root / "platform")))


@contextmanager
def serving(*command: str, environment: Mapping[str, str] | None = None, root: Path = ROOT) -> Iterator[int]:
    """Run `manage.py serve`, or another command of the interpreter, in a project's folder; yield its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen(  # noqa: S603 -- our own command line
        [sys.executable, *(command or ("manage.py", "serve"))],
        cwd=root,
        env={
            **os.environ,
            "PYTHONPATH": python_path(root),
            "HOST": "127.0.0.1",
            "PORT": str(port),
            **(environment or {}),
        },
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(process, port)
        yield port
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
