"""The harness: a database with rows in it, and the product, started anew for each scenario."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from chaos.database import Database, database_in_a_folder
from chaos.product import Product, checked, environment, run


@dataclass(frozen=True)
class Stage:
    """The database, the running product and who is in it; `seconds` is how long the long phases last."""

    database: Database
    product: Product
    tokens: tuple[str, ...]
    events: tuple[int, ...]
    seconds: float
    variables: dict[str, str]

    def manage(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a management command, and return how it ended."""
        return run(self.variables, "manage.py", command)


@dataclass(frozen=True)
class Harness:
    """The folder of everything, the database, and the tokens and events in it."""

    folder: Path
    database: Database
    variables: dict[str, str]
    tokens: tuple[str, ...]
    events: tuple[int, ...]

    @contextmanager
    def stage(self, seconds: float, *, listens: Path | None = None) -> Iterator[Stage]:
        """Yield the product, just started, on the running database; on a Unix socket if one is given."""
        self.database.start()
        with ExitStack() as stack:
            product = Product(self.variables, self.folder / "product.log", listens=listens)
            stack.callback(product.stop)
            product.wait()
            yield Stage(self.database, product, self.tokens, self.events, seconds, self.variables)


@contextmanager
def harness() -> Iterator[Harness]:
    """Yield a database with rows in it, in a temporary folder; nothing of it is left afterwards."""
    with database_in_a_folder("marquee-chaos-") as (folder, database):
        variables = environment(database.url)
        checked(run(variables, "manage.py", "migrate", "--verbosity=0"))
        rows = json.loads(checked(run(variables, "-m", "chaos.world")))
        yield Harness(folder, database, variables, tuple(rows["tokens"]), tuple(rows["events"]))
