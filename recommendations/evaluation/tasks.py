"""The tasks of an evaluation: users to rank for at moments of the past, the answers, and the ground truth."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

# The length of a ranking.
PLACES = 100

# Takes a line about the progress.
Say = Callable[[str], None]


@dataclass(frozen=True)
class Task:
    """A user to rank for."""

    username: str


@dataclass(frozen=True)
class TaskWindow:
    """The users to rank for at one moment."""

    name: str
    now: datetime
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Ranking:
    """A ranker's answer to a task: external ids of events, best first, without those the user had interacted with."""

    window: str
    username: str
    ranker: str
    event_ids: tuple[str, ...]


@dataclass(frozen=True)
class GroundTruth:
    """The relevant events of a task, those of them nobody had interacted with, and whether the user had a history."""

    relevant: frozenset[str]
    new: frozenset[str]
    has_history: bool


class Source(Protocol):
    """A source of tasks. `ground_truths` are by window and user, and empty if nothing can be scored."""

    @property
    def windows(self) -> Sequence[TaskWindow]:
        """The windows to replay."""

    @property
    def ground_truths(self) -> Mapping[tuple[str, str], GroundTruth]:
        """The ground truth of each task."""

    def known_at(self, window: TaskWindow, *, template: str, say: Say) -> AbstractContextManager[dict[int, str]]:
        """Point Django at a scratch database with what was known at a window's moment; give its events' names by id."""

    def candidates_in(self, window: TaskWindow) -> int:
        """Return the number of candidates in a window that has been replayed."""
