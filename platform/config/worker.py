"""The worker: a loop that runs each task when it is due, until it is asked to stop."""

import logging
import os
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.db import InterfaceError, OperationalError, close_old_connections, connections

# A task that fails is tried again after 1, 2, 4, … seconds, no sooner than usual, and no later than:
_LONGEST_PAUSE_SECONDS = 60
_MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
_TERMINATION_SECONDS = 10

_log = logging.getLogger("marquee.worker")


@dataclass(frozen=True)
class Task:
    """Work that is done again and again.

    `run` takes the current time, needs a second or two at most, and returns whether there is more to do at once. It may
    be interrupted anywhere, and two workers may run it at the same time. `seconds` pass between two runs; 0 for never.
    """

    name: str
    seconds: int
    run: Callable[[datetime], bool]


class Job:
    """A command of manage.py that runs beside the worker because it takes minutes or gigabytes: `run` of a Task.

    It has a process of its own, runs once at a time, and may be terminated at any moment.
    """

    def __init__(self, *command: str, due: Callable[[datetime], bool]) -> None:
        """Take the command, and the condition under which it is due."""
        self.command = command
        self._due = due
        self._process: subprocess.Popen[bytes] | None = None

    def __call__(self, now: datetime) -> bool:
        """Start the command if it is due and not running; return False, as there is never more to do at once."""
        if self._process is not None:
            if self._process.poll() is None:
                return False
            if self._process.returncode:
                _log.warning("manage.py %s ended with exit code %d.", " ".join(self.command), self._process.returncode)
            self._process = None
        if self._due(now):
            _log.info("manage.py %s starts.", " ".join(self.command))
            self._process = subprocess.Popen(  # noqa: S603 (our own command)
                [sys.executable, str(_MANAGE), *self.command], stdin=subprocess.DEVNULL
            )
        return False

    def terminate(self) -> None:
        """Terminate the command if it is running."""
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            process.wait(timeout=_TERMINATION_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Stop:
    """A request to stop, which a signal handler may make at any moment; it wakes whoever waits."""

    def __init__(self) -> None:
        """Begin without a request."""
        # A pipe rather than threading.Event: its lock may be held by the very code that the signal interrupts.
        self._reading, self._writing = os.pipe()
        os.set_blocking(self._writing, False)
        self.is_requested = False

    def request(self) -> None:
        """Request the stop."""
        self.is_requested = True
        # Unless it was requested so often that the pipe is full.
        with suppress(BlockingIOError):
            os.write(self._writing, b"x")

    def wait(self, seconds: float) -> None:
        """Wait so many seconds, or until the stop is requested."""
        select.select([self._reading], [], [], max(0.0, seconds))


def run_tasks(
    tasks: Sequence[Task],
    stop: Stop,
    *,
    clock: Callable[[], datetime],
    wait_at_most: float = _LONGEST_PAUSE_SECONDS,
    before_round: Callable[[], None] = lambda: None,
) -> None:
    """Run each task when it is due, until the stop is requested; a task that is running then finishes first.

    An error of a task is logged and does not keep the others from running.
    """
    wanted = [task for task in tasks if task.seconds > 0]
    due = {task.name: 0.0 for task in wanted}
    failures: Counter[str] = Counter()
    while True:
        before_round()
        for task in wanted:
            if stop.is_requested:
                return
            if time.monotonic() >= due[task.name]:
                pause = _run(task, failures, clock)
                due[task.name] = time.monotonic() + pause
        if stop.is_requested:
            return
        stop.wait(min(min(due.values(), default=wait_at_most + time.monotonic()) - time.monotonic(), wait_at_most))


def _run(task: Task, failures: Counter[str], clock: Callable[[], datetime]) -> float:
    """Run a task and return after how many seconds it is due again."""
    # A connection that failed, or that the server has closed, is not used again.
    close_old_connections()
    try:
        more = task.run(clock())
    except Exception as error:
        connections.close_all()
        failures[task.name] += 1
        pause = min(2.0 ** (failures[task.name] - 1), _LONGEST_PAUSE_SECONDS)
        again = max(pause, min(task.seconds, _LONGEST_PAUSE_SECONDS))
        if isinstance(error, OperationalError | InterfaceError):
            _log.warning("The database failed the task “%s”; again in %.0f s: %s", task.name, again, error)
        else:
            _log.exception("The task “%s” failed; again in %.0f s.", task.name, again)
        return again
    failures[task.name] = 0
    return 0.0 if more else float(task.seconds)
