"""This file holds the command that keeps the index of vectors."""

from typing import Any

from django.core.management.base import CommandParser

from events.terminal import TerminalCommand
from recommendations.meaning.indexing import MANY, keep_index


class Command(TerminalCommand):
    """Make the index of vectors when there are many, drop it when there are few."""

    help = (
        "Makes the index by which similar events are found when there are many vectors, and drops it when there are "
        "few again. Everything goes on meanwhile; `worker` does it when it is time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare from how many on."""
        parser.add_argument("--many", type=int, default=MANY, help=f"from how many vectors on (default {MANY:,})")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was done."""
        self.stdout.write(keep_index(options["many"]))
