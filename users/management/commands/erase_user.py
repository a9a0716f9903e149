"""This file holds the command that erases a user."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from users.finding import UnknownUser, user_named
from users.personal_data.erasure import LastSuperuser, erase
from users.personal_data.holdings import holdings_of


class Command(BaseCommand):
    """Delete a user and all that is known about them, as DELETE /users/me does for themselves."""

    help = "Erases a user with all interactions, tokens, sessions and whatever else is known. It cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the user, and the way past the question."""
        parser.add_argument("user", help="username, else e-mail address, else id")
        parser.add_argument("--yes", action="store_true", help="erase without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, unless told not to, and erase."""
        try:
            user = user_named(options["user"])
            name = str(user)
            for holding in holdings_of(user):
                if number := holding.rows.count():
                    self.stdout.write(f"{number:>9,} {holding.model._meta.verbose_name_plural}")
            if not options["yes"] and not _confirmed(f"Erase {name} with all of this? It cannot be undone. [y/N] "):
                raise CommandError("Nothing was erased.")
            erase(user)
        except (UnknownUser, LastSuperuser) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{name} is erased.")


def _confirmed(question: str) -> bool:
    try:
        return input(question).strip().lower() in ("y", "yes")
    except EOFError:
        return False
