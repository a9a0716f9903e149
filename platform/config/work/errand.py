"""The commands that the worker starts beside itself, because they take minutes or gigabytes."""

import logging
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

_MANAGE = Path(__file__).resolve().parents[3] / "manage.py"
_PATIENCE_SECONDS = 10

_log = logging.getLogger("marquee.worker")


class Errand:
    """A command of manage.py in a process of its own, one at a time; may be ended at any moment."""

    def __init__(self, *command: str, due: Callable[[datetime], bool]) -> None:
        """Take the command, and what tells whether it is due."""
        self.command = command
        self._due = due
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, now: datetime) -> bool:
        """Start the command if it is due and not under way; there is never more to do at once."""
        if self._process is not None:
            if self._process.poll() is None:
                return False
            if self._process.returncode:
                _log.warning("manage.py %s ended with exit code %d.", " ".join(self.command), self._process.returncode)
            self._process = None
        if self._due(now):
            _log.info("manage.py %s begins.", " ".join(self.command))
            self._process = subprocess.Popen(  # noqa: S603 (our own command)
                [sys.executable, str(_MANAGE), *self.command], stdin=subprocess.DEVNULL
            )
        return False

    def end(self) -> None:
        """End the command if it is under way."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(timeout=_PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
