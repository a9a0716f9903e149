"""This file holds what every scenario plays on: a database with rows in it, and the product, started anew for each."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.database import Database
from chaos.product import ROOT, Product, environment

_COMMAND_SECONDS = 300


class CommandFailed(Exception):
    """A command of the product failed."""


@dataclass(frozen=True)
class Stage:
    """`seconds` is how long the long phases last."""

    database: Database
    product: Product
    tokens: tuple[str, ...]
    events: tuple[int, ...]
    seconds: float
    variables: dict[str, str]

    def manage(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a management command, and return how it ended."""
        return _run(self.variables, "manage.py", command)


@dataclass(frozen=True)
class Theatre:
    """Where stages are set: the folder of everything, the database, and who is in it."""

    folder: Path
    database: Database
    variables: dict[str, str]
    tokens: tuple[str, ...]
    events: tuple[int, ...]

    @contextmanager
    def stage(self, seconds: float) -> Iterator[Stage]:
        """Yield the product, just started, on the running database."""
        self.database.start()
        with ExitStack() as stack:
            product = Product(self.variables, self.folder / "product.log")
            stack.callback(product.stop)
            product.wait()
            yield Stage(self.database, product, self.tokens, self.events, seconds, self.variables)


@contextmanager
def theatre() -> Iterator[Theatre]:
    """Yield a database with rows in it, in a temporary folder; nothing of it is left afterwards."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="marquee-chaos-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # The server's account passes through to its own folder, and sees nothing else.
        folder.chmod(0o711)
        database = Database(folder / "database")
        stack.callback(database.remove)
        database.start()
        variables = environment(database.url)
        _checked(_run(variables, "manage.py", "migrate", "--verbosity=0"))
        rows = json.loads(_checked(_run(variables, "-m", "chaos.world")))
        yield Theatre(folder, database, variables, tuple(rows["tokens"]), tuple(rows["events"]))


def _run(variables: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 -- our own programs
        [sys.executable, *arguments],
        cwd=ROOT,
        env=variables,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=_COMMAND_SECONDS,
        check=False,
    )


def _checked(done: subprocess.CompletedProcess[str]) -> str:
    if done.returncode != 0:
        raise CommandFailed(f"{' '.join(done.args[1:])} failed: {done.stderr[-600:]}")
    return done.stdout
