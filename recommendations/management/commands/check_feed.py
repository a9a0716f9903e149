"""The command that compares the served feed with the literal definition."""

from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from recommendations.checking import differences, one_snapshot
from recommendations.clock import BadMoment, moment_from
from recommendations.feed.ranking import DEFINED, Feed
from recommendations.feed.viewer import viewer_of
from users.finding import UnknownUser, sample_of_users, user_named


class Command(TerminalCommand):
    """Compare the order that is served with the definition: Case/When and Count."""

    help = "Compares served feeds, page by page, with the literal definition; exits 1 on any difference."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare whose feeds."""
        parser.add_argument("users", nargs="*", metavar="user", help="username, else e-mail address, else id")
        parser.add_argument("--sample", type=int, default=20, help="users to check when none is named (default 20)")
        parser.add_argument("--now", metavar="WHEN", help="as of this moment (UTC unless it names a zone)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the first difference of each feed that has one."""
        try:
            now = timezone.now() if options["now"] is None else moment_from(options["now"])
            named = [user_named(name) for name in options["users"]]
        except (UnknownUser, BadMoment) as error:
            raise CommandError(str(error)) from error
        users = named or list(sample_of_users(options["sample"]))
        wrong = 0
        with one_snapshot():
            for user in users:
                for ranker in DEFINED:
                    first = next(differences(Feed(viewer_of(user, now), ranker)), None)
                    if first is not None:
                        wrong += 1
                        self.stdout.write(
                            f"{ranker.name} feed of {user}: at place {first.place:,} "
                            f"event {first.served_id} is served, event {first.defined_id} is defined"
                        )
        checked = len(users) * len(DEFINED)
        if wrong:
            raise CommandError(f"{checked:,} feeds compared with the definition: {wrong:,} differ.")
        self.stdout.write(f"{checked:,} feeds compared with the definition: 0 differences.")
