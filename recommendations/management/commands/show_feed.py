"""The command that prints anybody's feed."""

import argparse
import re
from typing import Any

import orjson
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone
from rich.console import Console

from api.commands import TerminalCommand
from events.models import Event
from interactions.recording import UnknownEvent
from recommendations.clock import BadMoment, moment_from
from recommendations.explain.explanation import explanation_of
from recommendations.feed.pagination import feed_page, page_for
from recommendations.feed.ranking import DEFAULT, RANKERS, Ranker, feed_for
from recommendations.feed.viewer import BadFilters, Filters, Viewer, viewer_of
from recommendations.serializers import explanation_as_json, feed_as_json
from recommendations.terminal import explanation_lines, plain_lines, print_feed
from users.finding import UnknownUser, user_named

# Further filters, as addresses write them.
_FILTERS = (
    ("startsAfter", "MOMENT", "2026-05-17T19:00Z"),
    ("startsBefore", "MOMENT", "2026-05-18T00:00+01:00"),
    ("attendance", "KINDS", "ONLINE,MIXED"),
    ("near", "LAT,LNG", "--near=38.71,-9.13"),
    ("radiusKm", "KM", "2.5"),
)


def _option(name: str) -> str:
    """Return the option that gives a parameter: --starts-after for startsAfter."""
    return "--" + re.sub("[A-Z]", lambda letter: f"-{letter[0].lower()}", name)


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= 100):
        raise argparse.ArgumentTypeError(f'"{text[:80]}" is not a whole number from 1 to 100.')
    return int(text)


class Command(TerminalCommand):
    """Print the feed of a user as they would get it now, or as of another moment."""

    help = "Prints the feed of a user: a table in a terminal, lines parted by tabs when piped."
    # They load every view, which takes longer than the feed; whoever serves the feed runs them.
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whose feed, which part of it and in what form."""
        parser.add_argument("user", help="username, else e-mail address, else id")
        parser.add_argument("--limit", type=_limit, default=20, help="events to print, 1 to 100 (default 20)")
        parser.add_argument("--ranker", choices=list(RANKERS), default=DEFAULT.name)
        parser.add_argument("--type", choices=Event.Type.values)
        parser.add_argument("--category", metavar="CATEGORIES", help="one or more, separated by commas")
        parser.add_argument("--free", action="store_const", const="true", help="only what is free")
        for name, metavar, example in _FILTERS:
            parser.add_argument(_option(name), dest=name, metavar=metavar, help=f"such as {example}")
        parser.add_argument(
            "--now",
            metavar="WHEN",
            help="as of this moment (UTC unless it names a zone); counts and dismissals stay those of today",
        )
        parser.add_argument("--json", action="store_true", help="the endpoint's JSON")
        parser.add_argument(
            "--why-not",
            type=int,
            metavar="EVENT_ID",
            help="name every rule that keeps this event out, or its place, and what would bring it onto the first page",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the feed, or the explanation of one event."""
        try:
            user = user_named(options["user"])
            now = timezone.now() if options["now"] is None else moment_from(options["now"])
        except (UnknownUser, BadMoment) as error:
            raise CommandError(str(error)) from error
        viewer = viewer_of(user, now)
        ranker = RANKERS[options["ranker"]]
        try:
            filters = Filters.read(options)
        except BadFilters as error:
            faults = (f"{_option(name)}: {' '.join(messages)}" for name, messages in error.faults.items())
            raise CommandError(" ".join(faults)) from error
        if ranker.is_personal and not user.personal_ranking and not options["json"]:
            self.stderr.write(f"{user.username} has turned personal ranking off: this is popular.")
        if options["why_not"] is not None:
            self._print_explanation(options["why_not"], viewer, ranker, filters, as_json=options["json"])
        elif options["json"]:
            asked = {"limit": options["limit"], **filters.parameters, "ranker": ranker.name}
            self._print_json(feed_as_json(feed_page(viewer, ranker, "/recommendations", asked)))
        else:
            self._print_feed(viewer, ranker, filters, options["limit"])

    def _print_feed(self, viewer: Viewer, ranker: Ranker, filters: Filters, limit: int) -> None:
        feed = feed_for(viewer, ranker, filters)
        ranker, events = feed.ranker, page_for(feed, limit=limit).events
        if not events:
            self.stderr.write(
                "The feed is empty: no event is open, starts after this moment and was neither dismissed nor muted."
            )
        elif self.stdout.isatty():
            interests = ", ".join(viewer.interests) or "none"
            title = f"{ranker.title} for {viewer.known_user.get_username()} (interests: {interests})"
            print_feed(Console(), events, ranker, title)
        else:
            for line in plain_lines(events, ranker):
                self.stdout.write(line)

    def _print_explanation(
        self, event_id: int, viewer: Viewer, ranker: Ranker, filters: Filters, *, as_json: bool
    ) -> None:
        try:
            explanation = explanation_of(event_id, viewer, ranker, filters)
        except UnknownEvent as error:
            raise CommandError(f"There is no event {event_id}.") from error
        if as_json:
            self._print_json(explanation_as_json(explanation))
            return
        for line in explanation_lines(explanation):
            self.stdout.write(line)

    def _print_json(self, document: dict[str, Any]) -> None:
        self.stdout.write(orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())
