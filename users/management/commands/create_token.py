"""The command that makes an API token."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from api.commands import TerminalCommand
from users.authentication import AccountBackend
from users.finding import UnknownUser, user_named
from users.tokens import new_token


class Command(TerminalCommand):
    """Make a new API token for a user."""

    help = "Prints a new API token of a user. It is stored hashed: this is the only time that it can be read."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the user."""
        parser.add_argument("user", help="username, else e-mail address, else id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the token alone, so that a script can take it."""
        try:
            user = user_named(options["user"])
        except UnknownUser as error:
            raise CommandError(str(error)) from error
        if not user.is_active:
            raise CommandError(f"{user.username} is not active; a token would be refused. Activate the user first.")
        if not AccountBackend().user_can_authenticate(user):
            why = "is a demo account" if user.is_demo else "has not verified the e-mail address"
            raise CommandError(f"{user.username} {why}; while DEBUG is off, a token would be refused.")
        _, token = new_token(user)
        self.stdout.write(token)
