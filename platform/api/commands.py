"""Management commands whose output cannot control the terminal, whatever text they print."""

import re
import sys
from typing import Any, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper, SystemCheckError

from api.text_rules import FORBIDDEN

_UNPRINTED = re.compile(rf"{FORBIDDEN.pattern}|\r")


def visible(text: str) -> str:
    r"""Return a text with control and bidirectional control characters written as \u001b; tab and line feed stay.

    The form is JSON's own, so JSON with such characters means the same afterwards.
    """
    return _UNPRINTED.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


class VisibleOutput(OutputWrapper):
    """Django's output of a command, with `visible` text."""

    def write(self, msg: str = "", style_func: Any = None, ending: str | None = None) -> None:  # type: ignore[override]
        """Write a line. Text with a `style_func` comes from Django's system checks, which have coloured it already."""
        super().write(msg if style_func else visible(msg), style_func, ending)


class TerminalCommand(BaseCommand):
    """The base of every command here: output and errors are `visible`, also for who calls it from Python."""

    def __init__(
        self,
        stdout: TextIO | None = None,
        stderr: TextIO | None = None,
        no_color: bool = False,
        force_color: bool = False,
    ) -> None:
        """Take what Django's own takes."""
        super().__init__(stdout, stderr, no_color, force_color)
        self.stdout = VisibleOutput(stdout or sys.stdout)
        self.stderr = VisibleOutput(stderr or sys.stderr)
        if not no_color:
            self.stderr.style_func = self.style.ERROR

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        """Return the parser of arguments, with visible errors."""
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        error = parser.error
        parser.error = lambda message: error(visible(message))  # type: ignore[method-assign]
        return parser

    def execute(self, *args: Any, **options: Any) -> Any:
        """Run the command; CommandError with a visible message."""
        if stdout := options.pop("stdout", None):
            self.stdout = VisibleOutput(stdout)
        if stderr := options.pop("stderr", None):
            self.stderr = VisibleOutput(stderr)
        try:
            return super().execute(*args, **options)
        except SystemCheckError:
            raise
        except CommandError as error:
            raise CommandError(visible(str(error)), returncode=error.returncode) from error
