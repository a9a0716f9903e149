"""The wish that the worker stop, which a signal brings in the middle of anything."""

import os
import select
from contextlib import suppress


class Stop:
    """Asked for at any moment, by a signal's handler too; whoever waits is woken."""

    def __init__(self) -> None:
        """Begin without the wish."""
        # A pipe rather than threading.Event: its lock may be held by the very code that the signal interrupts.
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        self.asked = False

    def ask(self) -> None:
        """Ask to stop."""
        self.asked = True
        # Unless it was asked so often that the pipe is full.
        with suppress(BlockingIOError):
            os.write(self._writing, b"x")

    def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody asks to stop."""
        select.select([self._reading], [], [], max(0.0, seconds))
