"""The command that runs the web server."""

from typing import Any

from api.commands import TerminalCommand
from config.http.server import serve


class Command(TerminalCommand):
    """Serve until interrupted."""

    help = "Serves on HOST and PORT until SIGTERM or Ctrl-C; SIGHUP replaces the worker processes one by one."

    def handle(self, *args: Any, **options: Any) -> None:
        """Serve."""
        serve()
