"""The interactions of one event in numbers: over time, by action and by people."""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.db import connection

from interactions.models import Interaction

_SQL = Path(__file__).resolve().parent / "sql"
_ALL = (_SQL / "activity.sql").read_text()
_SAMPLED = (_SQL / "activity_sampled.sql").read_text()

# Up to so many rows of an event are read, wherever they lie; of an event with more, what is in so many pages.
READ = 20_000
PAGES = 4_000
MOST_PERIODS = 60


@dataclass(frozen=True)
class Period:
    """Some days, `first` to `last`, and the number of each action in them, in the order of Interaction.Action."""

    first: date
    last: date
    numbers: tuple[int, ...]


@dataclass(frozen=True)
class Activity:
    """What was done with an event.

    `total` is exact. If `sampled`, the other numbers are those of a sample, made as large as the total, and at least
    `people` took part; otherwise exactly so many.
    """

    total: int
    people: int
    sampled: bool
    numbers: tuple[int, ...]
    periods: tuple[Period, ...]


def activity_of(event_id: int, total: int) -> Activity:
    """Return what was done with an event that has so many interactions, by one statement; its cost is bounded."""
    sampled = total > READ
    parameters: dict[str, Any] = {"event": event_id, "pages": PAGES}
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLED if sampled else _ALL, parameters)
        *days, (_, _, counted_rows, people) = cursor.fetchall()
    scale = total / counted_rows if sampled and counted_rows else 1.0
    counted = [(day, action, round(number * scale)) for day, action, number, _ in days]
    numbers = tuple(
        sum(number for _, done, number in counted if done == action) for action in Interaction.Action.values
    )
    return Activity(total, people, sampled, numbers, _periods(counted))


def _periods(counted: list[tuple[date, str, int]]) -> tuple[Period, ...]:
    """Return the days from the first to the last in equal periods, at most MOST_PERIODS, empty ones too."""
    if not counted:
        return ()
    first, last = counted[0][0], counted[-1][0]
    length = -(-((last - first).days + 1) // MOST_PERIODS)
    number = (last - first).days // length + 1
    sums = [[0] * len(Interaction.Action) for _ in range(number)]
    for day, action, times in counted:
        sums[(day - first).days // length][Interaction.Action.values.index(action)] += times
    starts = (first + timedelta(days=place * length) for place in range(number))
    return tuple(
        Period(start, min(start + timedelta(days=length - 1), last), tuple(values))
        for start, values in zip(starts, sums, strict=True)
    )
