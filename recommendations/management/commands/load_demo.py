"""The command that loads the demo data."""

from typing import Any

from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from recommendations.clock import BadMoment, moment_from
from recommendations.demo.loading import (
    DEMO_PASSWORD,
    DEMO_USER,
    STAFF_USER,
    DemoNameTaken,
    MomentTooFar,
    load_demo,
)


class Command(TerminalCommand):
    """Load the demo data once; re-date its events when none of them is upcoming any more."""

    help = (
        "Loads the demo data: an invented town with its events, gigs and people. Run again it changes nothing, "
        "except that its own events are moved by whole weeks when none of them is upcoming any more."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare around which moment, and the way past the refusal in production."""
        parser.add_argument("--now", metavar="WHEN", help="date it around this moment (UTC unless it names a zone)")
        parser.add_argument("--force", action="store_true", help="load it with DEBUG off too")

    def handle(self, *args: Any, **options: Any) -> None:
        """Load it and say what was done."""
        if not settings.DEBUG and not options["force"]:
            raise CommandError(
                "DEBUG is off, so this may be production, and the demo data has users (one of them a superuser) "
                "with a known password. Give --force to load it all the same."
            )
        try:
            report = load_demo(timezone.now() if options["now"] is None else moment_from(options["now"]))
        except (BadMoment, DemoNameTaken, MomentTooFar) as error:
            raise CommandError(str(error)) from error
        if report.events:
            self.stdout.write(
                f"Demo data loaded: {report.events:,} events and gigs by {report.organisers:,} organisers, "
                f"{report.users:,} people, {report.interactions:,} interactions."
            )
            self.stdout.write(f"Sign in as {DEMO_USER} or {STAFF_USER} (superuser), password {DEMO_PASSWORD}.")
        elif report.redated:
            self.stdout.write(f"Demo data re-dated: {report.redated:,} events moved by whole weeks to lie ahead again.")
        elif not report.completed:
            self.stdout.write("Demo data already there: nothing changed.")
        if report.completed:
            self.stdout.write(
                f"Demo data completed: {report.completed:,} events got price, address, time zone and so on."
            )
