"""How long the product's own bulk way takes: `load_dataset` of a world, written out as files."""

import shutil
import time
from pathlib import Path

from django.core.management import call_command
from django.db import connections

from bench.figures import Figure, Part, Run
from bench.server import Connection
from bench.statements import statement
from bench.world import World
from interactions.loading.load import load_dataset
from interactions.recount import miscounts

# The bar: twenty million interactions in ten minutes.
BAR_ROWS, BAR_SECONDS = 20_000_000, 600.0
_DATABASE = "bench_loading"


def loading(run: Run) -> Part:
    """Write the largest world's files, load them into an empty database, and count."""
    world = run.largest
    folder = run.server.folder / "dataset"
    try:
        folder.mkdir(exist_ok=True)
        run.say(f"{world.size}: writing its files")
        with run.server.connect(world.database) as reading:
            for name in ("users", "events", "interactions"):
                _write(reading, name, folder)
        run.say(f"{world.size}: load_dataset")
        run.server.create(_DATABASE)
        run.server.database_of_django(_DATABASE)
        call_command("migrate", verbosity=0)
        began = time.monotonic()
        report = load_dataset(folder, progress=lambda name, number: None)
        took = time.monotonic() - began
        wrong = len(miscounts())
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        connections["default"].close()
        run.server.drop(_DATABASE)
    how = (
        "The world's users, events and interactions as files, loaded by load_dataset into an empty database: read, "
        "checked, staged, inserted with every trigger, index and key, and committed as one. Of a smaller world than "
        "20,000,000 interactions, the time that they would take at the same rate stands in their place."
    )
    rows = {table.name: table.inserted for table in report.tables}
    return Part("Loading", how, _figures(world, rows["interactions"], took, wrong))


def _figures(world: World, rows: int, took: float, wrong: int) -> tuple[Figure, ...]:
    whole = took * BAR_ROWS / rows
    return (
        Figure(world.size, f"{rows:,} interactions and what belongs to them", f"{took:,.0f} s"),
        Figure(
            world.size, f"{BAR_ROWS:,} interactions at that rate", f"{whole:,.0f} s", bar=f"≤ {BAR_SECONDS:.0f} s",
            met=whole <= BAR_SECONDS,
        ),
        Figure(world.size, "events with a wrong count afterwards", f"{wrong}", bar="0", met=wrong == 0),
    )  # fmt: skip


def _write(reading: Connection, name: str, folder: Path) -> None:
    with reading.cursor().copy(statement(f"write_{name}")) as copy, (folder / f"{name}.csv").open("wb") as file:
        for block in copy:
            file.write(block)
