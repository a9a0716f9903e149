"""Where the embedded server keeps its data, sockets, locks and log."""

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from config.localdb import locks
from config.localdb.account import Account, give, may, server_account
from config.localdb.errors import LocalDatabaseError

# The kernel's limit for a socket's path is 104 (macOS) or 108 bytes; "/.s.PGSQL.5432" takes 14.
SOCKET_FOLDER_BYTES = 80
# These divide lists of folders or of hosts in PostgreSQL's settings.
SOCKET_FOLDER_FORBIDDEN = frozenset(",\"'\\")
# For root's data when the server's account cannot enter LOCALDB_DIR; the first that can be written is taken.
ELSEWHERE = (Path("/var/lib"), Path("/var/tmp"))  # noqa: S108 -- the folder made there is new and private
POINTER = "place"


@dataclass(frozen=True)
class Place:
    """The home of one server; `account` is who runs it, None for the current user."""

    home: Path
    account: Account | None

    @property
    def data(self) -> Path:
        """The data folder; absent until it is complete."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """The log of the server and of its supervisor."""
        return self.home / "server.log"

    @property
    def start_lock(self) -> Path:
        """Held exclusively by whoever initialises, starts or stops the server."""
        return self.home / "start.lock"

    @property
    def clients_lock(self) -> Path:
        """Held by every client, shared, for its lifetime."""
        return self.home / "clients.lock"

    @property
    def supervisor_lock(self) -> Path:
        """Held exclusively by the supervisor for its lifetime."""
        return self.home / "supervisor.lock"


def place_of(directory: Path) -> Place:
    """Return the home for LOCALDB_DIR: the folder itself, made if missing, or as root another one.

    Root's is another when the server's account cannot enter the folder; a pointer in the folder then names it.
    """
    directory = directory.resolve()
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    account = server_account(directory / "data")
    if account is None:
        return Place(directory, None)
    with locks.exclusive(directory / "place.lock"):
        pointer = directory / POINTER
        if pointer.exists() and _is_private(home := Path(pointer.read_text(encoding="utf-8").strip())):
            return Place(home, server_account(home / "data"))
        if [path.name for path in directory.iterdir()] == ["place.lock"] and directory.stat().st_uid == os.geteuid():
            # Ours and new: the account may pass through to its own folders inside, and sees nothing else.
            directory.chmod(0o711)
        if may(account, 0o1, directory):
            return Place(directory, account)
        if (directory / "data").exists():
            raise LocalDatabaseError(
                f"The user with id {account.uid}, who runs the embedded database, can no longer enter {directory}. "
                "Let that user pass through the folders above it, or remove it to start with an empty database."
            )
        home = _new_home(directory)
        _write_whole(pointer, f"{home}\n")
    return Place(home, account)


def socket_folder(place: Place) -> Path:
    """Return the private folder for the server's socket, made if missing; a short one elsewhere when home is long."""
    inside = place.home / "sockets"
    temporary = Path(tempfile.gettempdir()).resolve()
    shortest = Path("/tmp").resolve()  # noqa: S108 -- the folder in it is checked below
    for folder in (inside, temporary / _short_name(place), shortest / _short_name(place)):
        fits = len(os.fsencode(folder)) <= SOCKET_FOLDER_BYTES and SOCKET_FOLDER_FORBIDDEN.isdisjoint(str(folder))
        if fits and may(place.account, 0o1, folder.parent):
            break
    try:
        folder.mkdir(mode=0o700)
        give(folder, place.account)
    except FileExistsError:
        # Somebody else's folder under this name could hand us a false server.
        state = folder.lstat()
        owner = place.account.uid if place.account else os.geteuid()
        if not stat.S_ISDIR(state.st_mode) or state.st_uid not in (owner, os.geteuid()) or state.st_mode & 0o077:
            raise LocalDatabaseError(
                f"The folder {folder} for the embedded database's socket is not private to the user who runs it. "
                "Remove it, or set LOCALDB_DIR to a folder with a shorter path."
            ) from None
        # Left by somebody killed between making and giving it.
        if state.st_uid != owner:
            give(folder, place.account)
    return folder


def _new_home(directory: Path) -> Path:
    """Make a folder that root alone can change and everybody can pass through, outside private folders."""
    prefix = f"marquee-{_digest(directory)}-"
    for parent in ELSEWHERE:
        if not os.access(parent, os.W_OK):
            continue
        for old in parent.glob(f"{prefix}*"):
            _remove_abandoned(old)
        # mkdtemp makes a new folder under a name that nobody can have taken before.
        home = Path(tempfile.mkdtemp(prefix=prefix, dir=parent))
        home.chmod(0o711)
        return home
    raise LocalDatabaseError(
        f"The user who runs the embedded database cannot enter {directory}, and neither {ELSEWHERE[0]} nor "
        f"{ELSEWHERE[1]} can be written. Set LOCALDB_DIR to a folder outside private folders."
    )


def _remove_abandoned(home: Path) -> None:
    """Remove a home whose pointer is gone (LOCALDB_DIR was removed), unless a client still uses it."""
    if not _is_private(home):
        return
    descriptor = locks.open_lock(home / "clients.lock")
    try:
        if locks.try_exclusive(descriptor):
            shutil.rmtree(home)
    finally:
        os.close(descriptor)


def _is_private(home: Path) -> bool:
    try:
        state = home.lstat()
    except FileNotFoundError:
        return False
    return stat.S_ISDIR(state.st_mode) and state.st_uid == os.geteuid() and not state.st_mode & 0o022


def _write_whole(path: Path, text: str) -> None:
    partial = path.with_suffix(".partial")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def _short_name(place: Place) -> str:
    owner = place.account.uid if place.account else os.geteuid()
    return f"marquee-{owner}-{_digest(place.home)}"


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
