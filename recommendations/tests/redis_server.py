"""A Redis server of the tests' own."""

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

PROGRAM = shutil.which("redis-server")


@contextmanager
def redis_server() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """Give host and port of a server that keeps nothing on disk, and its process; it is stopped afterwards."""
    # Somebody may take the port before the server does.
    for _ in range(5):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        command = [str(PROGRAM), "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            # It ends before this line if it cannot listen.
            if process.stdout and any("Ready to accept connections" in line for line in process.stdout):
                yield f"127.0.0.1:{port}", process
                return
        finally:
            process.kill()
            process.communicate()
    raise AssertionError("No free port for redis-server.")
