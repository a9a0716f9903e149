"""The command that loads a data set from CSV files."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from api.commands import TerminalCommand
from events.csv_cells import DatasetError
from interactions.loading.load import load_dataset


class Command(TerminalCommand):
    """Load users, events and interactions, all or nothing."""

    help = (
        "Loads users.csv[.gz], events.csv[.gz], interactions.csv[.gz] and, if there, groups.csv[.gz] from a folder, "
        "all or nothing. What is there already stays as it is."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the folder."""
        parser.add_argument("directory", type=Path, metavar="DIR")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was read and inserted, and the warnings."""
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.completed:,.0f}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True) as bar:
            tasks = {
                name: bar.add_task(f"{name}s read", total=None) for name in ("group", "user", "event", "interaction")
            }
            try:
                report = load_dataset(
                    options["directory"], progress=lambda name, number: bar.update(tasks[name], completed=number)
                )
            except DatasetError as error:
                raise CommandError(str(error)) from error
        for table in report.tables:
            self.stdout.write(f"{table.name + ':':14}{table.read:>12,} read{table.inserted:>12,} new")
        for warning in report.warnings:
            self.stdout.write(f"Warning: {warning}.")
