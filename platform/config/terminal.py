"""This file holds the entry point of the terminal: known failures become one line and exit code 1."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import InterfaceError, OperationalError

from config.http.logs import text_of, traceback_of, without_secrets


def execute(argv: list[str]) -> None:
    """Run one management command; an unreachable database or a wrong setting is one line on standard error, exit 1.

    An error that nobody expected is a traceback there, without the values that it quotes: it may end in a log.
    """
    try:
        execute_from_command_line(argv)
    except (OperationalError, InterfaceError) as error:
        sys.exit(
            f"The database cannot be reached: {text_of(error)} Check DATABASE_URL, or unset it to use the embedded one."
        )
    except ImproperlyConfigured as error:
        sys.exit(f"A setting is wrong: {' '.join(without_secrets(str(error)).split())}")
    except Exception as error:
        sys.exit(traceback_of(error))
