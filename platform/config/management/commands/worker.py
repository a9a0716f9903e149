"""The command that runs the worker."""

import os
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from config.http.logs import configure_serving
from config.tasks import JOBS, TASKS
from config.worker import Stop, run_tasks

# How soon it is noticed that the parent has ended.
_LOOK_SECONDS = 2.0


class Command(TerminalCommand):
    """Run the tasks of the worker until a signal stops it."""

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
            signal.signal(number, lambda *_: stop.request())
        configure_serving(settings.SERVING_LOGGING)

        def stop_with_parent() -> None:
            if os.getppid() != parent:
                stop.request()

        if options["while_parent_lives"]:
            run_tasks(TASKS, stop, clock=timezone.now, wait_at_most=_LOOK_SECONDS, before_round=stop_with_parent)
        else:
            self.stdout.write(f"Working: {_schedule()}. Ctrl-C ends it.")
            self.stdout.flush()
            run_tasks(TASKS, stop, clock=timezone.now)
        for job in JOBS:
            job.terminate()


def _schedule() -> str:
    return ", ".join(f"{task.name} every {task.seconds:,} s" for task in TASKS if task.seconds)
