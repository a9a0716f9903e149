"""The command that makes the vectors of events."""

import sys
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from api.commands import TerminalCommand
from recommendations.embeddings.embedder import BadVectors, NoEmbedder, embedder, vectors_of
from recommendations.embeddings.embedding import END, embed, stale


class Command(TerminalCommand):
    """Make the vectors that are missing or stale. Each batch is committed, so it can be stopped at any time."""

    help = (
        "Makes the vectors of upcoming events that have none, or one of an older text or another encoder. Can be "
        "stopped and started again at any time; `worker` does the same continuously."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--all", action="store_true", help="past and cancelled events too, for the tastes of users")
        parser.add_argument("--limit", type=int, metavar="N", help="look at the newest N events only")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many vectors were made, and how many a second."""
        now, limit = timezone.now(), options["limit"]
        if limit is not None and limit < 1:
            raise CommandError("--limit must be 1 or more.")
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("events"), TimeElapsedColumn(), TimeRemainingColumn())
        try:
            encoder = embedder()
            total = len(stale(encoder, now, everything=options["all"], rows=limit or END))
            if total:
                # Load the encoder before the clock starts.
                vectors_of(encoder, [""])
            began, looked_at, embedded = time.monotonic(), 0, 0
            with Progress(
                *columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True
            ) as bar:
                task = bar.add_task("", total=total)
                for batch in embed(encoder, now, everything=options["all"], limit=limit or END):
                    looked_at, embedded = looked_at + batch.looked_at, embedded + batch.embedded
                    bar.update(task, completed=looked_at)
        except (NoEmbedder, BadVectors) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - began
        rate = f", {embedded / seconds:,.0f} a second" if embedded else ""
        self.stdout.write(
            f"{embedded:,} events embedded in {seconds:.1f} s{rate}; {looked_at - embedded:,} were up to date."
        )
