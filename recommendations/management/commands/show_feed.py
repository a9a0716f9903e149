"""This file holds the command that prints anybody's feed."""

import argparse
from typing import Any

import orjson
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from rich.console import Console

from events.categories import Category, canonical
from events.models import Event
from recommendations.beginning import begun
from recommendations.candidates import Filters
from recommendations.clock import BadMoment, moment_from
from recommendations.feed import feed_for
from recommendations.rankers import DEFAULT, RANKERS
from recommendations.rankers.base import Ranker
from recommendations.reading import feed_page
from recommendations.terminal import plain_lines, print_feed
from recommendations.verdict import verdict_on
from recommendations.viewer import Viewer, viewer_of
from users.finding import UnknownUser, user_named


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= 100):
        raise argparse.ArgumentTypeError(f'"{text[:80]}" is not a whole number from 1 to 100.')
    return int(text)


class Command(BaseCommand):
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
        parser.add_argument("--category", type=canonical, choices=Category.values, metavar="CATEGORY")
        parser.add_argument(
            "--now",
            metavar="WHEN",
            help="as of this moment (UTC unless it names a zone); counts and dismissals stay those of today",
        )
        parser.add_argument("--json", action="store_true", help="the endpoint's JSON")
        parser.add_argument(
            "--why-not", type=int, metavar="EVENT_ID", help="name every rule that keeps this event out, or its place"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the feed, or the verdict on one event."""
        try:
            user = user_named(options["user"])
            now = timezone.now() if options["now"] is None else moment_from(options["now"])
        except (UnknownUser, BadMoment) as error:
            raise CommandError(str(error)) from error
        viewer = viewer_of(user, now)
        ranker = RANKERS[options["ranker"]]
        filters = Filters(options["type"], options["category"])
        if not options["json"]:
            viewer, answering = begun(viewer, ranker, filters)
            if ranker.personal and not answering.personal:
                self.stderr.write(f"{user.username} has turned personal ranking off: this is {answering.name}.")
            ranker = answering
        if options["why_not"] is not None:
            self._print_verdict(options["why_not"], viewer, ranker, filters)
        elif options["json"]:
            asked = {name: options[name] for name in ("limit", "type", "category", "ranker")}
            page = feed_page(viewer, ranker, "/recommendations", asked)
            self.stdout.write(orjson.dumps(page, option=orjson.OPT_INDENT_2 | orjson.OPT_UTC_Z).decode())
        else:
            self._print_feed(viewer, ranker, filters, options["limit"])

    def _print_feed(self, viewer: Viewer, ranker: Ranker, filters: Filters, limit: int) -> None:
        events = feed_for(viewer, ranker, filters=filters, limit=limit, after=None).events
        if not events:
            self.stderr.write("The feed is empty: no event is open, starts after this moment and was not dismissed.")
        elif self.stdout.isatty():
            interests = ", ".join(viewer.interests) or "none"
            title = f"{ranker.title} for {viewer.user.get_username()} (interests: {interests})"
            print_feed(Console(), events, ranker, title)
        else:
            for line in plain_lines(events, ranker):
                self.stdout.write(line)

    def _print_verdict(self, event_id: int, viewer: Viewer, ranker: Ranker, filters: Filters) -> None:
        event = Event.objects.filter(pk=event_id).first()
        if event is None:
            raise CommandError(f"There is no event {event_id}.")
        verdict = verdict_on(event, viewer, ranker, filters)
        if verdict.place is not None:
            self.stdout.write(
                f"{event} is in the {ranker.name} feed of {viewer.user.username}, at place {verdict.place:,}."
            )
            return
        self.stdout.write(f"{event} is not in the {ranker.name} feed of {viewer.user.username}:")
        for rule in verdict.broken:
            self.stdout.write(f"- {rule.text} ({rule.name})")
