"""A running Marquee with the demo data, as in production: a database of its own and collected files."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from chaos.database import Database, database_in_a_folder
from chaos.product import Product, checked, environment, run
from chaos.proxy import HOST


class Served:
    """The product on a port that it keeps, also when it is stopped and started again."""

    def __init__(self, folder: Path, database: Database, *, debug: bool) -> None:
        """Set everything up; `start` starts it."""
        self.database = database
        self._log = folder / "product.log"
        self._variables = environment(database.url) | {
            "STATIC_ROOT": str(folder / "static"),
            # A browser asks for six files at once, and the machine may be busy with other tests.
            "WEB_THREADS": "8",
            "DEBUG": str(debug).lower(),
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

    def start(self, **variables: str) -> None:
        """Start it, with more variables for this time, and wait until it serves."""
        self._product = Product(self._variables | variables, self._log, port=self._port)
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
        checked(run(self._variables | variables, "manage.py", *arguments, output=output))


@contextmanager
def served(*, debug: bool = False) -> Iterator[Served]:
    """Yield the running product, in a temporary folder; nothing of it is left afterwards.

    The demo's people can sign in only with `debug`.
    """
    with database_in_a_folder("marquee-shots-") as (folder, database):
        product = Served(folder, database, debug=debug)
        try:
            product.start()
            yield product
        finally:
            product.stop()
