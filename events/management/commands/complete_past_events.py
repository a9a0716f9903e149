"""The command that completes events that are over."""

from typing import Any

from django.utils import timezone

from api.commands import TerminalCommand
from events.completion import complete_past_events


class Command(TerminalCommand):
    """Complete the events that are over; run it every few minutes."""

    help = (
        "Turns OPEN and IN_PROGRESS events into COMPLETED whose end has passed or, without an end, "
        "whose start lies a day back."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many there were."""
        self.stdout.write(f"{complete_past_events(timezone.now()):,} events completed.")
