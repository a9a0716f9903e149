"""The command that creates and drops the index of vectors."""

from typing import Any

from django.core.management.base import CommandParser

from api.commands import TerminalCommand
from recommendations.semantic_search.vector_index import MANY, keep_index


class Command(TerminalCommand):
    """Create the index of vectors when there are many, drop it when there are few."""

    help = (
        "Creates the index for semantic search and similar events if there are many vectors, and drops it if there "
        "are few again. Reads and writes go on meanwhile; `worker` does the same once a day."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--many", type=int, default=MANY, help=f"create it from this number of vectors on (default {MANY:,})"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was done, or why nothing was."""
        self.stdout.write(keep_index(options["many"]))
