"""Entry point of the terminal: known failures become one line and exit code 1."""

import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db.utils import InterfaceError, OperationalError

from api.commands import visible
from config.http.logs import text_of, traceback_of, without_secrets


def execute(argv: list[str]) -> None:
    """Run one management command.

    An unreachable database, a wrong setting or an argument with control characters, which errors would repeat, is one
    line on standard error, exit 1. An error that nobody expected is a traceback there, without the values that it
    quotes: it may end in a log.
    """
    for argument in argv[1:]:
        if (shown := visible(argument)) != argument:
            sys.exit(f"Control characters and text that is not UTF-8 cannot be in an argument: {shown[:200]}")
    try:
        execute_from_command_line(argv)
    except (OperationalError, InterfaceError) as error:
        reason = visible(text_of(error))
        sys.exit(f"The database cannot be reached: {reason} Check DATABASE_URL, or unset it to use the embedded one.")
    except ImproperlyConfigured as error:
        sys.exit(f"A setting is wrong: {visible(' '.join(without_secrets(str(error)).split()))}")
    except Exception as error:
        sys.exit(visible(traceback_of(error)))
