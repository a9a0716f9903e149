"""The worker's loop: whatever is due, one step after the other, until it is asked to stop."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from config.work.step import Step
from config.work.stopping import Stop

# A step that fails is tried again after 1, 2, 4, … seconds, no sooner than usual, and no later than:
_LONGEST_PAUSE_SECONDS = 60

_log = logging.getLogger("marquee.worker")


def work(
    steps: Sequence[Step],
    stop: Stop,
    *,
    clock: Callable[[], datetime],
    wait_at_most: float = _LONGEST_PAUSE_SECONDS,
    look: Callable[[], None] = lambda: None,
) -> None:
    """Run each step when it is due, until asked to stop, which is heeded after the step that is under way.

    What goes wrong in a step is logged, and does not keep the others from running. `look` is called before each round.
    """
    wanted = [step for step in steps if step.seconds > 0]
    due = {step.name: 0.0 for step in wanted}
    failures: Counter[str] = Counter()
    while True:
        look()
        for step in wanted:
            if stop.asked:
                return
            if time.monotonic() >= due[step.name]:
                pause = _run(step, failures, clock)
                due[step.name] = time.monotonic() + pause
        if stop.asked:
            return
        stop.wait(min(min(due.values(), default=wait_at_most + time.monotonic()) - time.monotonic(), wait_at_most))


def _run(step: Step, failures: Counter[str], clock: Callable[[], datetime]) -> float:
    """Run a step and return how many seconds later it is due again."""
    # One that failed, or that the server has closed, is not used again.
    close_old_connections()
    try:
        more = step.run(clock())
    except Exception as error:
        connections.close_all()
        failures[step.name] += 1
        pause = min(2.0 ** (failures[step.name] - 1), _LONGEST_PAUSE_SECONDS)
        again = max(pause, min(step.seconds, _LONGEST_PAUSE_SECONDS))
        if isinstance(error, OperationalError | InterfaceError):
            _log.warning("The database failed the step “%s”; again in %.0f s: %s", step.name, again, error)
        else:
            _log.exception("The step “%s” failed; again in %.0f s.", step.name, again)
        return again
    failures[step.name] = 0
    return 0.0 if more else float(step.seconds)
