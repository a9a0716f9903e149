"""This file holds the command that makes the vectors of events."""

import sys
import time
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from events.terminal import TerminalCommand
from recommendations.embeddings.embedder import BadVectors, NoEmbedder, embedder, vectors_of
from recommendations.embeddings.embedding import BATCH, embed_batch
from recommendations.embeddings.stale import END, stale


class Command(TerminalCommand):
    """Make the vectors that are missing or stale, batch by batch; what is done stays done, wherever it is stopped."""

    help = (
        "Makes the vectors of upcoming events that have none, or one of another text or encoder. May be stopped and "
        "started again at any time; `worker` does the same all the time."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare which events."""
        parser.add_argument("--all", action="store_true", help="past and cancelled events too, for what people liked")
        parser.add_argument("--limit", type=int, metavar="N", help="look at so many events at most, the newest")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many there were, and how many a second."""
        now, limit = timezone.now(), options["limit"]
        if limit is not None and limit < 1:
            raise CommandError("--limit must be 1 or more.")
        columns = (BarColumn(), MofNCompleteColumn(), TextColumn("events"), TimeElapsedColumn(), TimeRemainingColumn())
        try:
            encoder = embedder()
            total = len(stale(encoder, now, everything=options["all"], rows=limit or END))
            if total:
                # What loading takes is no part of the rate.
                vectors_of(encoder, [""])
            began, looked_at, embedded = time.monotonic(), 0, 0
            with Progress(
                *columns, console=Console(stderr=True), disable=not sys.stderr.isatty(), transient=True
            ) as bar:
                task = bar.add_task("", total=total)
                below: int | None = END
                while below is not None and looked_at < (limit or END):
                    rows = min(BATCH, (limit or END) - looked_at)
                    batch = embed_batch(encoder, now, everything=options["all"], below=below, rows=rows)
                    looked_at, embedded, below = looked_at + batch.looked_at, embedded + batch.embedded, batch.below
                    bar.update(task, completed=looked_at)
        except (NoEmbedder, BadVectors) as error:
            raise CommandError(str(error)) from error
        seconds = time.monotonic() - began
        rate = f", {embedded / seconds:,.0f} a second" if embedded else ""
        self.stdout.write(
            f"{embedded:,} events embedded in {seconds:.1f} s{rate}; {looked_at - embedded:,} were as before."
        )
