"""The command that imports events from calendars and tables."""

from argparse import ArgumentTypeError
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from api.text_rules import validate_line
from events.categories import Category
from events.importing.load import CALENDAR_SUFFIXES, TABLE_SUFFIXES, ImportReport, import_events
from events.importing.plan import Defaults, Window
from events.importing.source import ENCODINGS, STDIN, Unreadable, source_at
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
    """Import events: a second import of the same source writes what has changed, and creates no duplicates."""

    help = (
        "Imports events from an iCalendar file (.ics), a CSV file or a folder of them. A second import recognises "
        "events by UID or event_id. Valid entries are imported, others are reported; exits 1 if there were any."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the source, the window, and what holds for all of it."""
        parser.add_argument("source", metavar="SOURCE", help="a local .ics or .csv file or a folder; - for stdin")
        parser.add_argument("--from", dest="since", type=_day, metavar="DATE", help="first day; default: now on")
        until = parser.add_mutually_exclusive_group()
        until.add_argument("--until", type=_day, metavar="DATE", help="the day after the last one")
        until.add_argument("--days", type=int, default=_YEAR_DAYS, help=f"number of days; default: {_YEAR_DAYS}")
        parser.add_argument("--type", choices=Event.Type.values, help="of all events; default: EVENT for new ones")
        parser.add_argument("--category", choices=Category.values, help="of events whose source names none known here")
        parser.add_argument("--organiser", default="", metavar="NAME", help="of events whose source names nobody")
        parser.add_argument(
            "--zone", type=_zone, help="of days and times for which the source names no zone; default: TIME_ZONE"
        )
        parser.add_argument("--encoding", choices=ENCODINGS, default="utf-8", help="the encoding of the source")
        parser.add_argument(
            "--max-bytes", type=int, default=_MAX_BYTES, help=f"a larger source is refused; default: {_MAX_BYTES}"
        )
        parser.add_argument("--dry-run", action="store_true", help="report what would be done, and write nothing")

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
        zone = options["zone"] or timezone.get_default_timezone()
        self.defaults = Defaults(options["type"], options["category"], organiser, UTC if str(zone) == "UTC" else zone)
        self.window = _window(options, now)
        if Path(options["source"]).is_dir():
            self._import_folder(Path(options["source"]), options, now)
            return
        try:
            report = self._imported(options["source"], options, now)
        except Unreadable as error:
            raise CommandError(str(error)) from error
        self._print_details(report)
        self.stdout.write(f"{_name_of(options['source'])}: {_summary(report)}.")
        if options["dry_run"]:
            self.stdout.write("Nothing was written: --dry-run.")
        if report.bad:
            number = len(report.bad)
            raise CommandError(f"{number:,} {'entry' if number == 1 else 'entries'} could not be imported, see above.")

    def _imported(self, place: str, options: dict[str, Any], now: datetime) -> ImportReport:
        source = source_at(place, encoding=options["encoding"], max_bytes=options["max_bytes"])
        return import_events(source, self.window, self.defaults, now=now, dry_run=options["dry_run"])

    def _import_folder(self, folder: Path, options: dict[str, Any], now: datetime) -> None:
        """Print a line for each file; each is imported for itself. With --dry-run the lines are all that is printed."""
        bad, files = 0, list(_files_in(folder))
        for path in files:
            name = path.relative_to(folder)
            try:
                report = self._imported(str(path), options, now)
            except Unreadable as error:
                bad += 1
                self.stdout.write(f"{name}: cannot be imported. {error}")
                continue
            if not options["dry_run"]:
                self._print_details(report)
            bad += bool(report.bad)
            more = ""
            if options["dry_run"]:
                more = f" First: {report.bad[0]}" if report.bad else ""
                more += f" Notes: {'; '.join(report.notes)}." if report.notes else ""
            self.stdout.write(f"{name}: {_summary(report)}.{more}".replace("\n", " "))
        if not files:
            raise CommandError(f"{folder}: no {', '.join((*CALENDAR_SUFFIXES, *TABLE_SUFFIXES))} file in this folder.")
        if bad:
            raise CommandError(f"{bad:,} of {len(files):,} files could not be imported completely, see above.")

    def _print_details(self, report: ImportReport) -> None:
        for bad in report.bad:
            self.stderr.write(f"Bad: {bad}")
        for note in report.notes:
            self.stdout.write(f"Note: {note}.")


def _files_in(folder: Path) -> Iterator[Path]:
    """Yield the calendars and tables in a folder and the folders in it, by name."""
    for path in sorted(folder.rglob("*")):
        if path.suffix.lower() in (*CALENDAR_SUFFIXES, *TABLE_SUFFIXES) and path.is_file():
            yield path


def _name_of(place: str) -> str:
    return "standard input" if place == STDIN else Path(place).name


def _summary(report: ImportReport) -> str:
    done = report.written
    counts = (
        (done.created, "created"), (done.updated, "updated"), (done.unchanged, "unchanged"),
        (done.cancelled, "cancelled"), (done.older, "older than known"), (done.outside, "outside the window"),
        (len(report.bad), "bad"),
    )  # fmt: skip
    return ", ".join(f"{number:,} {what}" for number, what in counts)


def _window(options: dict[str, Any], now: datetime) -> Window:
    zone = options["zone"] or timezone.get_default_timezone()
    try:
        return _window_in(options, now, zone)
    except OverflowError as error:
        raise CommandError("--from and --until must lie within the years 1 to 9999, in UTC too.") from error


def _window_in(options: dict[str, Any], now: datetime, zone: tzinfo) -> Window:
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
