"""The command that checks the kept counts, or corrects them."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from api.commands import TerminalCommand
from interactions.recount import Miscount, fix, miscounts

_SHOWN = 20


class Command(TerminalCommand):
    """Compare the kept number of interactions of every event with counting them."""

    help = "Compares the kept counts of interactions with COUNT; exits 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare --fix."""
        parser.add_argument("--fix", action="store_true", help="Bring the kept counts in order while writers wait.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the differences, if any."""
        wrong = fix() if options["fix"] else miscounts()
        for miscount in wrong[:_SHOWN]:
            self.stdout.write(_line(miscount))
        if len(wrong) > _SHOWN:
            self.stdout.write(f"… and {len(wrong) - _SHOWN:,} more")
        if not wrong:
            self.stdout.write("Every count is exact.")
        elif options["fix"]:
            self.stdout.write(f"Corrected {len(wrong):,}.")
        else:
            raise CommandError(f"{len(wrong):,} counts are wrong. Run recount_interactions --fix to correct them.")


def _line(miscount: Miscount) -> str:
    if miscount.kept is None:
        return f"event {miscount.event_id}: no tally, counted {miscount.counted:,}"
    if miscount.kept == miscount.counted:
        return f"event {miscount.event_id}: the tally's copy of the event differs"
    return f"event {miscount.event_id}: kept {miscount.kept:,}, counted {miscount.counted:,}"
