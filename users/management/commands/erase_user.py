"""The command that erases a user."""

from typing import Any

from django.core.management.base import CommandError, CommandParser

from api.commands import TerminalCommand, visible
from users.finding import UnknownUser, user_named
from users.models import User
from users.personal_data.erasure import LastSuperuser, erase
from users.personal_data.registry import personal_data_of


class Command(TerminalCommand):
    """Delete a user and all that is known about them, as DELETE /users/me does for themselves."""

    help = "Erases a user with all interactions, tokens, sessions and whatever else is known. It cannot be undone."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the user, and the way past the question."""
        whom = parser.add_mutually_exclusive_group(required=True)
        whom.add_argument("user", nargs="?", help="username, else e-mail address, else id")
        whom.add_argument("--demo", action="store_true", help="erase all accounts of the demo data instead")
        parser.add_argument("--yes", action="store_true", help="erase without asking")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask, unless told not to, and erase."""
        if options["demo"]:
            self._erase_demo(without_asking=options["yes"])
            return
        try:
            user = user_named(options["user"])
            name = str(user)
            for table in personal_data_of(user):
                if number := table.rows.count():
                    self.stdout.write(f"{number:>9,} {table.model._meta.verbose_name_plural}")
            if not options["yes"] and not _confirmed(f"Erase {name} with all of this? It cannot be undone. [y/N] "):
                raise CommandError("Nothing was erased.")
            erase(user)
        except (UnknownUser, LastSuperuser) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{name} is erased.")

    def _erase_demo(self, *, without_asking: bool) -> None:
        accounts = User.objects.filter(is_demo=True).order_by("pk")
        number = accounts.count()
        if number and not without_asking and not _confirmed(f"Erase {number} demo accounts? [y/N] "):
            raise CommandError("Nothing was erased.")
        try:
            for user in accounts:
                erase(user)
        except LastSuperuser as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{number} demo accounts are erased.")


def _confirmed(question: str) -> bool:
    try:
        return input(visible(question)).strip().lower() in ("y", "yes")
    except EOFError:
        return False
