"""This file holds what an evaluation is of: people to rank for at moments of the past, and what was known then."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

Say = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """A person to rank for."""

    username: str


@dataclass(frozen=True)
class TaskWindow:
    """The people to rank for at one moment, in the order of the file."""

    name: str
    now: datetime
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Truth:
    """What a task is judged by: the relevant events, those of them that were new, and whether the person had a past."""

    relevant: frozenset[str]
    new: frozenset[str]
    has_past: bool


class Source(Protocol):
    """Where tasks come from. `truths` are by window and user, and empty if nothing is to be judged."""

    @property
    def windows(self) -> Sequence[TaskWindow]:
        """The windows to replay."""

    @property
    def truths(self) -> Mapping[tuple[str, str], Truth]:
        """What each task is judged by."""

    def known_at(self, window: TaskWindow, *, template: str, say: Say) -> AbstractContextManager[dict[int, str]]:
        """Point Django at a scratch database that knows what was known at a window's moment; give its events' names."""

    def candidates_in(self, window: TaskWindow) -> int:
        """Return how many events could be recommended in a window, once that has been replayed."""
