"""This file holds the evaluation of a platform on its own last weeks: its tables are read, and nothing is written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random

from django.db import connection, transaction

from events.models import Event
from events.sql import rows_of
from recommendations.evaluation.scratch import scratch_copy
from recommendations.evaluation.source import Say, Task, TaskWindow, Truth

_SQL = Path(__file__).resolve().parents[1] / "sql"
_TABLES = ("organisers", "users", "events", "interactions", "vectors")
_READ = {name: (_SQL / f"own_{name}.sql").read_text() for name in _TABLES}
_WRITE = dict(zip(_TABLES, (_SQL / "own_into.sql").read_text().split(";\n"), strict=True))
_CHOICES = (_SQL / "own_choices.sql").read_text()
_WEEK = timedelta(days=7)
# Of each week; more are drawn at random: beyond that the intervals become hardly narrower, and the replay takes hours.
PEOPLE = 2_000


class NothingToEvaluate(Exception):
    """In these weeks nobody applied to anything new to them that was ahead and known when the week began.

    Take more weeks. Events count as known from `created_at` on: of a data set that was loaded this is the time of the
    load, unless it was given.
    """


class OwnWeeks:
    """The weeks before a moment, the earliest first. Events are named by their ids, and so are users."""

    def __init__(self, number: int, until: datetime, *, seed: int, say: Say) -> None:
        """Look who applied to what in each week; a week in which nobody did is left out. NothingToEvaluate if none."""
        self.windows: list[TaskWindow] = []
        self.truths: dict[tuple[str, str], Truth] = {}
        self._candidates: dict[str, int] = {}
        for week in range(number, 0, -1):
            since = until - week * _WEEK
            self._add(since, seed=seed, say=say)
        if not self.windows:
            raise NothingToEvaluate(" ".join((NothingToEvaluate.__doc__ or "").split()))

    def _add(self, since: datetime, *, seed: int, say: Say) -> None:
        name = f"{since:%Y-%m-%d}"
        rows = rows_of(_CHOICES, {"since": since, "until": since + _WEEK})
        choices = {str(user): list(group) for user, group in groupby(rows, key=lambda row: row[0])}
        if not choices:
            say(f"week of {name}: nobody applied to anything that was known when it began")
            return
        people = list(choices)
        if len(people) > PEOPLE:
            people = sorted(Random(seed).sample(people, PEOPLE), key=int)  # noqa: S311 (no secret)
        self.windows.append(TaskWindow(name, since, tuple(map(Task, people))))
        for user in people:
            self.truths[name, user] = Truth(
                relevant=frozenset(str(event) for _, event, _, _ in choices[user]),
                new=frozenset(str(event) for _, event, is_new, _ in choices[user] if is_new),
                has_past=choices[user][0][3],
            )

    @contextmanager
    def known_at(self, window: TaskWindow, *, template: str, say: Say) -> Iterator[dict[int, str]]:
        """Point Django at a scratch database that knows what was known at a window's moment; give its events' names."""
        with tempfile.TemporaryDirectory() as folder:
            _read_into(Path(folder), window.now)
            with scratch_copy(template):
                _write_from(Path(folder))
                ahead = Event.objects.bookable().starting_after(window.now)
                self._candidates[window.name] = ahead.count()
                yield {pk: str(pk) for pk in Event.objects.values_list("pk", flat=True)}

    def candidates_in(self, window: TaskWindow) -> int:
        """Return how many events could be recommended in a window, once that has been replayed."""
        return self._candidates[window.name]


def _read_into(folder: Path, now: datetime) -> None:
    """Write each table as it was known at a moment into a file; all of them as one transaction sees them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name in _TABLES:
            # Django's cursor that notes statements, with DEBUG, takes no parameters here.
            with (folder / name).open("wb") as file, cursor.cursor.copy(_READ[name], {"now": now}) as copy:
                for block in copy:
                    file.write(block)


def _write_from(folder: Path) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for name in _TABLES:
            with (folder / name).open("rb") as file, cursor.copy(_WRITE[name]) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
