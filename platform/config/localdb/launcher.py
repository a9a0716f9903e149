"""The short-lived program that starts the server and waits until it is ready, or dead."""

# It exists so that the server is nobody's child (it outlives the client that wanted it) while somebody still sees it
# fail. pg_ctl does the same, but looks only every 100 ms, and passes paths through a shell.

import subprocess
import sys
import time
from pathlib import Path

from config.localdb.account import server_environment
from config.localdb.locks import POLL_SECONDS
from config.localdb.processes import read_postmaster

# Recovery after a crash reads the whole log again; at max_wal_size this takes seconds.
READY_SECONDS = 120


def launch(data: Path, *, uid: int | None, gid: int | None, command: list[str]) -> bool:
    """Start the server in a session of its own, and say whether it became ready."""
    server = subprocess.Popen(  # noqa: S603 -- the wheel's program, with our arguments
        command,
        stdin=subprocess.DEVNULL,
        cwd="/",
        env=server_environment(),
        user=uid,
        group=gid,
        extra_groups=None if uid is None else [],
        start_new_session=True,
    )
    deadline = time.monotonic() + READY_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        postmaster = read_postmaster(data)
        if postmaster is not None and postmaster.pid == server.pid and postmaster.ready:
            return True
        time.sleep(POLL_SECONDS)
    if server.poll() is None:
        server.terminate()
    return False


if __name__ == "__main__":
    _, _data, _uid, _gid, *_command = sys.argv
    _ready = launch(Path(_data), uid=int(_uid) if _uid else None, gid=int(_gid) if _gid else None, command=_command)
    sys.exit(0 if _ready else 1)
