"""The command that exports the personal data of a user."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from api.commands import TerminalCommand
from users.finding import UnknownUser, user_named
from users.personal_data.export import exported


class Command(TerminalCommand):
    """Write all that is known about a user, as GET /users/me/export gives it to them."""

    help = "Exports all that is known about a user as JSON, to standard output or a file."

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the user and where to."""
        parser.add_argument("user", help="username, else e-mail address, else id")
        parser.add_argument("--file", type=Path, metavar="F", help="a new file, which only you can read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Write it, piece by piece."""
        try:
            user = user_named(options["user"])
            pieces = exported(user, timezone.now())
            if options["file"] is None:
                for piece in pieces:
                    self.stdout.write(piece.decode(), ending="")
                self.stdout.write("")
            else:
                _write(options["file"], pieces)
        except (UnknownUser, OSError) as error:
            raise CommandError(str(error)) from error


def _write(path: Path, pieces: Iterable[bytes]) -> None:
    """Write a file whole or not at all; FileExistsError if there is one."""
    partial = path.with_name(f"{path.name}.partial")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        try:
            file.writelines(pieces)
            path.hardlink_to(partial)
        finally:
            partial.unlink()
