"""The command that deletes expired rows."""

from typing import Any

from django.utils import timezone

from api.commands import TerminalCommand
from config.cleanup import clean_up


class Command(TerminalCommand):
    """Delete expired tokens, sessions and idempotency keys, and counts of rate limits that are over."""

    help = "Deletes expired tokens, sessions, idempotency keys and counts of rate limits. The worker does it daily."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many there were of each."""
        for name, number in clean_up(timezone.now()).items():
            self.stdout.write(f"{number:,} {name} deleted.")
