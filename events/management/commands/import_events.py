"""The command that imports events from a calendar or a table."""

from argparse import ArgumentTypeError
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from api.text_rules import validate_line
from events.categories import Category
from events.importing.defaults import Defaults
from events.importing.load import ImportReport, import_events
from events.importing.occurrences import Window
from events.importing.source import ENCODINGS, Unreadable, source_at
from events.importing.zones import by_name
from events.models import Event

_YEAR_DAYS = 365
_MAX_BYTES = 50 * 1024 * 1024


def _day(text: str) -> date:
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise ArgumentTypeError(f'"{text[:40]}" is not a date. Write YYYY-MM-DD.')


def _zone(text: str) -> tzinfo:
    zone = by_name(text)
    if zone is None:
        raise ArgumentTypeError(f'"{text[:40]}" is not a time zone. Write one like Europe/Berlin.')
    return zone


class Command(TerminalCommand):
    """Import events: a second import of the same source changes what has changed, and makes nothing twice."""

    help = (
        "Imports events from an iCalendar file (.ics) or a CSV file, known again by UID or event_id. Good entries are "
        "taken, bad ones told; exits 1 if there were any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the source, the window, and what holds for all of it."""
        parser.add_argument("source", metavar="SOURCE", help="a local .ics or .csv file; - for standard input")
        parser.add_argument("--from", dest="since", type=_day, metavar="DATE", help="first day taken; default: now on")
        until = parser.add_mutually_exclusive_group()
        until.add_argument("--until", type=_day, metavar="DATE", help="first day not taken any more")
        until.add_argument("--days", type=int, default=_YEAR_DAYS, help=f"days taken; default: {_YEAR_DAYS}")
        parser.add_argument("--type", choices=Event.Type.values, help="what all of it is; EVENT for what is new")
        parser.add_argument("--category", choices=Category.values, help="of what names no category that is known here")
        parser.add_argument("--organiser", default="", metavar="NAME", help="of what names nobody")
        parser.add_argument(
            "--zone", type=_zone, help="of days, and times that name none; default: the calendar's, else UTC"
        )
        parser.add_argument("--encoding", choices=ENCODINGS, default="utf-8", help="how the file is written")
        parser.add_argument(
            "--max-bytes", type=int, default=_MAX_BYTES, help=f"a larger source is refused; default: {_MAX_BYTES}"
        )
        parser.add_argument("--dry-run", action="store_true", help="tell what would be done, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what became of the entries, and every bad one."""
        now = timezone.now()
        organiser = options["organiser"].strip()
        if len(organiser) > 200:
            raise CommandError("--organiser is longer than 200 characters.")
        try:
            validate_line(organiser)
        except ValidationError as error:
            raise CommandError(f"--organiser: {error.message}") from error
        defaults = Defaults(options["type"], options["category"], organiser, options["zone"])
        try:
            source = source_at(options["source"], encoding=options["encoding"], max_bytes=options["max_bytes"])
            report = import_events(source, _window(options, now), defaults, now=now, dry_run=options["dry_run"])
        except Unreadable as error:
            raise CommandError(str(error)) from error
        self._tell(report, source.name, dry_run=options["dry_run"])
        if report.bad:
            number = len(report.bad)
            raise CommandError(f"{number:,} {'entry' if number == 1 else 'entries'} could not be taken, see above.")

    def _tell(self, report: ImportReport, name: str, *, dry_run: bool) -> None:
        for bad in report.bad:
            self.stderr.write(f"Bad: {bad}")
        for note in report.notes:
            self.stdout.write(f"Note: {note}.")
        done = report.written
        told = (
            (done.created, "created"), (done.updated, "updated"), (done.unchanged, "unchanged"),
            (done.cancelled, "cancelled"), (done.older, "older than known"), (done.outside, "outside the window"),
            (len(report.bad), "bad"),
        )  # fmt: skip
        self.stdout.write(f"{name}: {', '.join(f'{number:,} {what}' for number, what in told)}.")
        if dry_run:
            self.stdout.write("Nothing was written: --dry-run.")


def _window(options: dict[str, Any], now: datetime) -> Window:
    zone = options["zone"] or UTC
    start = now if options["since"] is None else datetime.combine(options["since"], time(), zone).astimezone(UTC)
    if options["until"] is not None:
        end = datetime.combine(options["until"], time(), zone).astimezone(UTC)
    else:
        if not 1 <= options["days"] <= 10 * _YEAR_DAYS:
            raise CommandError(f"--days must be from 1 to {10 * _YEAR_DAYS:,}.")
        end = start + timedelta(days=options["days"])
    if end <= start:
        raise CommandError("The window is empty: --until must be after --from.")
    return Window(start, end)
