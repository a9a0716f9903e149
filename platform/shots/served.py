"""This file holds the product as production runs it, with the demo data: a database of its own and collected files."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO

from chaos.database import Database
from chaos.product import ROOT, Product, environment
from chaos.wire import HOST

_COMMAND_SECONDS = 300


class CommandFailed(Exception):
    """A command of the product failed."""


class Served:
    """The product on a port that it keeps, also when it is stopped and started again."""

    def __init__(self, folder: Path, database: Database) -> None:
        """Set everything up; `start` starts it."""
        self.database = database
        self._log = folder / "product.log"
        self._variables = environment(database.url) | {
            "STATIC_ROOT": str(folder / "static"),
            # A browser asks for six files at once, and the machine may be busy with other tests.
            "WEB_THREADS": "8",
        }
        self._product: Product | None = None
        self._port: int | None = None
        self.manage("migrate", "--verbosity=0")
        self.manage("load_demo", "--force")
        self.manage("collectstatic", "--noinput", "--verbosity=0")

    @property
    def address(self) -> str:
        """The address of the start page, without a path."""
        return f"http://{HOST}:{self._port}"

    def start(self) -> None:
        """Start it and wait until it serves."""
        self._product = Product(self._variables, self._log, port=self._port)
        self._port = self._product.port
        self._product.wait()

    def start_if_stopped(self) -> None:
        """Start it unless it runs."""
        if self._product is None:
            self.start()

    def stop(self) -> None:
        """Stop it, if it runs."""
        if self._product is not None:
            self._product.stop()
            self._product = None

    def manage(self, *arguments: str, output: IO[bytes] | int = subprocess.DEVNULL, **variables: str) -> None:
        """Run a command, with more variables and its output where it is wanted; CommandFailed if it fails."""
        done = subprocess.run(  # noqa: S603 -- our own program
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self._variables | variables,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.PIPE,
            text=True,
            timeout=_COMMAND_SECONDS,
            check=False,
        )
        if done.returncode != 0:
            raise CommandFailed(f"manage.py {arguments[0]} failed: {done.stderr[-600:]}")


@contextmanager
def served() -> Iterator[Served]:
    """Yield the running product, in a temporary folder; nothing of it is left afterwards."""
    with ExitStack() as stack:
        folder = Path(tempfile.mkdtemp(prefix="marquee-shots-"))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        # The database server's account passes through to its own folder, and sees nothing else.
        folder.chmod(0o711)
        database = Database(folder / "database")
        stack.callback(database.remove)
        database.start()
        product = Served(folder, database)
        stack.callback(product.stop)
        product.start()
        yield product
