"""A run: the worlds, the parts one after the other, the table, the file, the exit code."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from bench.busy import busy
from bench.figures import Part, Run
from bench.filters import filters
from bench.loading import loading
from bench.order import order
from bench.pages import pages
from bench.release import release
from bench.results import write_results
from bench.server import Server
from bench.servers import servers
from bench.similar import similar
from bench.world import prepare, world_of
from bench.writes import writes

_PARTS: Mapping[str, Callable[[Run], Part]] = {
    "order": order,
    "pages": pages,
    "filters": filters,
    "busy": busy,
    "servers": servers,
    "release": release,
    "writes": writes,
    "loading": loading,
    "similar": similar,
}
_VERDICTS = {True: "[green]met[/]", False: "[bold red]missed[/]", None: ""}


@dataclass(frozen=True)
class Work:
    """What is to be run, how it was asked for, and whether docs/results.md is written."""

    sizes: tuple[str, ...]
    parts: tuple[str, ...]
    command: str
    at: datetime
    write: bool


def run_parts(server: Server, work: Work, say: Callable[[str], None]) -> int:
    """Run the parts, print their tables, write the file, and return 1 if a bar was missed, else 0."""
    run = Run(server, tuple(world_of(size) for size in work.sizes), say)
    for world in run.worlds:
        prepare(server, world, say)
    parts: list[Part] = []
    # As wide as it needs: a table in a pipe is cut otherwise.
    console = Console(width=None if Console().is_terminal else 180)
    for name in work.parts:
        say(name)
        parts.append(_PARTS[name](run))
        console.print(_table(parts[-1]))
        if work.write:
            # After each part, so that a run that is broken off leaves what it found.
            write_results(parts[-1:], command=work.command, at=work.at)
    missed = sum(len(part.missed) for part in parts)
    console.print(f"[bold red]{missed} bars missed[/]" if missed else "[green]every bar met[/]")
    return 1 if missed else 0


def _table(part: Part) -> Table:
    table = Table(title=part.title, caption=part.how, title_justify="left", caption_justify="left")
    for column in ("size", "what", "median", "p95", "reference", "ratio", "bar", ""):
        table.add_column(column, justify="left" if column in ("size", "what") else "right")
    for figure in part.figures:
        cells = (figure.size, figure.what, figure.value, figure.p95, figure.reference, figure.ratio, figure.bar)
        table.add_row(*map(escape, cells), _VERDICTS[figure.met])
    return table
