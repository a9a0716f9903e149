"""The command that alarms when training or embedding has stopped."""

from datetime import timedelta
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from recommendations.freshness import overdue


class Command(TerminalCommand):
    """Exit 1 if the latest training is too old, or events have waited too long for their vectors."""

    help = (
        "Checks that the latest training is recent, and that no event waits for its vector; exits 1 if not. For cron "
        "or a monitoring system."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the limits."""
        parser.add_argument(
            "--training-hours", type=float, default=36, metavar="N", help="0: don't check trainings (default 36)"
        )
        parser.add_argument(
            "--embedding-minutes", type=float, default=15, metavar="N", help="0: don't check vectors (default 15)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print that all is well, or fail with what is overdue."""
        hours, minutes = options["training_hours"], options["embedding_minutes"]
        if not (0 <= hours < 1e6 and 0 <= minutes < 1e6):
            raise CommandError("--training-hours and --embedding-minutes must be 0 or more.")
        sentences = list(
            overdue(
                timezone.now(),
                training=timedelta(hours=hours) if hours else None,
                embedding=timedelta(minutes=minutes) if minutes else None,
            )
        )
        if sentences:
            raise CommandError("\n".join(sentences))
        self.stdout.write("Training and embedding are up to date.")
