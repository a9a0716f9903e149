"""What a step of the worker is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Step:
    """Something that is done again and again.

    `run` is told the time, takes a second or two at most, and returns whether there is more of it to do at once. It may
    be broken off anywhere, and two workers may be at it. `seconds` lie between two times; 0 stands for never.
    """

    name: str
    seconds: int
    run: Callable[[datetime], bool]
