"""The command that does what has to be done again and again."""

import os
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from config.http.logs import configure_serving
from config.work.loop import work
from config.work.steps import ERRANDS, STEPS
from config.work.stopping import Stop

# How soon it is noticed that the parent has ended.
_LOOK_SECONDS = 2.0


class Command(TerminalCommand):
    """Make vectors, complete past events, tidy and train, each when it is time, until a signal ends it."""

    help = (
        "Makes vectors of new events within seconds, completes past events, deletes what has expired, and trains "
        "nightly. SIGTERM or Ctrl-C ends it after what it has in hand. Two at once do no harm."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare when it ends."""
        parser.add_argument("--while-parent-lives", action="store_true", help="end with the process that started it")

    def handle(self, *args: Any, **options: Any) -> None:
        """Work until asked to stop."""
        stop, parent = Stop(), os.getppid()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.ask())
        configure_serving(settings.SERVING_LOGGING)

        def look() -> None:
            if os.getppid() != parent:
                stop.ask()

        if options["while_parent_lives"]:
            work(STEPS, stop, clock=timezone.now, wait_at_most=_LOOK_SECONDS, look=look)
        else:
            self.stdout.write(f"Working: {_told()}. Ctrl-C ends it.")
            self.stdout.flush()
            work(STEPS, stop, clock=timezone.now)
        for errand in ERRANDS:
            errand.end()


def _told() -> str:
    return ", ".join(f"{step.name} every {step.seconds:,} s" for step in STEPS if step.seconds)
