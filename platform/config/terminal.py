"""This file holds the entry point of the terminal: known failures become one line and exit code 1."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import InterfaceError, OperationalError


def execute(argv: list[str]) -> None:
    """Run one management command; an unreachable database or a wrong setting is one line on standard error, exit 1."""
    try:
        execute_from_command_line(argv)
    except (OperationalError, InterfaceError) as error:
        reason = " ".join(str(error).split())
        sys.exit(f"The database cannot be reached: {reason} Check DATABASE_URL, or unset it to use the embedded one.")
    except ImproperlyConfigured as error:
        sys.exit(f"A setting is wrong: {' '.join(str(error).split())}")
