"""The user account that the server runs as: PostgreSQL refuses to run as root."""

import os
import pwd
import stat
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from config.localdb.errors import LocalDatabaseError

SERVER_ACCOUNTS = ("postgres", "nobody")
# initdb starts shells and servers; the longest seen on a slow disk was far below this.
COMMAND_SECONDS = 120


@dataclass(frozen=True)
class Account:
    """A user of this machine, without supplementary groups."""

    uid: int
    gid: int


def server_account(data: Path) -> Account | None:
    """Return who runs the server on this data folder, None for the current user, who then is not root.

    As root it is the owner of existing data, so that root may use an ordinary user's folder; else the first of
    SERVER_ACCOUNTS.
    """
    if os.geteuid() != 0:
        return None
    if data.exists() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in SERVER_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise LocalDatabaseError(
        "PostgreSQL does not run as root, and there is no user `postgres` or `nobody` to run it as. "
        "Add one, run this as an ordinary user, or set DATABASE_URL to a PostgreSQL server."
    )


def may(account: Account | None, mode: int, path: Path) -> bool:
    """Say whether the account has these rights (of 0o7) on an existing path, and may enter every folder above it."""
    if account is None:
        return True
    real = path.resolve()
    return _has(account, mode, real) and all(_has(account, 0o1, folder) for folder in real.parents)


def give(path: Path, account: Account | None) -> None:
    """Make the account the owner of a file or folder that was just made."""
    if account is not None:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)


def run_as(
    account: Account | None, command: Sequence[str], *, keep_open: int, text: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a program of the server as the account, and return its output, standard error mixed in.

    `keep_open` is a lock's descriptor that the program keeps: should we be killed, the lock is held until it ends.
    """
    return subprocess.run(  # noqa: S603 -- the wheel's programs, with our arguments
        command,
        input=text,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=server_environment(),
        pass_fds=(keep_open,),
        user=account.uid if account else None,
        group=account.gid if account else None,
        extra_groups=[] if account else None,
        # An interrupt of ours (Ctrl-C) must not tear the program apart half-way.
        start_new_session=True,
        timeout=COMMAND_SECONDS,
        check=False,
    )


def server_environment() -> dict[str, str]:
    """Return the variables of the server's programs: ours may hold secrets and PG* variables that mislead them."""
    kept = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
    return {"PATH": os.defpath, "TZ": "UTC", "LC_ALL": "C"} | {k: os.environ[k] for k in kept if k in os.environ}


def _has(account: Account, mode: int, path: Path) -> bool:
    state = path.stat()
    if state.st_uid == account.uid:
        granted = state.st_mode >> 6
    elif state.st_gid == account.gid:
        granted = state.st_mode >> 3
    else:
        granted = state.st_mode
    return stat.S_IMODE(granted) & mode == mode
