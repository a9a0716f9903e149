"""The backtest: this database's own last weeks as a source of tasks. Its tables are read, and nothing is written."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from random import Random
from typing import Any

from django.db import connection, transaction
from django.db.models import Case, CharField, Exists, F, Model, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Cast
from psycopg import sql

from events.models import Event, Organiser
from events.querysets import EventQuerySet
from interactions.models import Interaction
from recommendations.evaluation.scratch import scratch_copy
from recommendations.evaluation.tasks import GroundTruth, Say, Task, TaskWindow
from recommendations.models import EventEmbedding
from users.models import User

_WEEK = timedelta(days=7)
_COPY_OUT = "COPY ({}) TO STDOUT"
# Of each week; if there are more, a random sample. More would hardly narrow the intervals, and take hours.
USERS_MAX = 2_000


class NothingToEvaluate(Exception):
    """In these weeks nobody applied to anything new to them that was ahead and known when the week began.

    Take more weeks. Events count as known from `created_at` on: of a data set that was loaded this is the time of the
    load, unless it was given.
    """


class Backtest:
    """The weeks before a moment, the earliest first. Events and users are named by their ids."""

    def __init__(self, weeks: int, until: datetime, *, seed: int, say: Say) -> None:
        """Read who applied to what in each week, leaving out weeks in which nobody did; NothingToEvaluate if none."""
        self.windows: list[TaskWindow] = []
        self.ground_truths: dict[tuple[str, str], GroundTruth] = {}
        self._candidates: dict[str, int] = {}
        for week in range(weeks, 0, -1):
            self._add(until - week * _WEEK, seed=seed, say=say)
        if not self.windows:
            raise NothingToEvaluate(" ".join((NothingToEvaluate.__doc__ or "").split()))

    def _add(self, since: datetime, *, seed: int, say: Say) -> None:
        name = f"{since:%Y-%m-%d}"
        choices = {
            str(user): list(group) for user, group in groupby(_choices(since, since + _WEEK), key=lambda row: row[0])
        }
        if not choices:
            say(f"week of {name}: nobody applied to anything that was known when it began")
            return
        users = list(choices)
        if len(users) > USERS_MAX:
            users = sorted(Random(seed).sample(users, USERS_MAX), key=int)  # noqa: S311 (no secret)
        self.windows.append(TaskWindow(name, since, tuple(map(Task, users))))
        for user in users:
            self.ground_truths[name, user] = GroundTruth(
                relevant=frozenset(str(event) for _, event, _, _ in choices[user]),
                new=frozenset(str(event) for _, event, is_new, _ in choices[user] if is_new),
                has_history=choices[user][0][3],
            )

    @contextmanager
    def known_at(self, window: TaskWindow, *, template: str, say: Say) -> Iterator[dict[int, str]]:
        """Point Django at a scratch database with what was known at a window's moment; give its events' names by id."""
        with tempfile.TemporaryDirectory() as folder:
            copies = _copies(window.now)
            _read_into(Path(folder), copies)
            with scratch_copy(template):
                _write_from(Path(folder), copies)
                self._candidates[window.name] = Event.objects.bookable().starting_after(window.now).count()
                yield {pk: str(pk) for pk in Event.objects.values_list("pk", flat=True)}

    def candidates_in(self, window: TaskWindow) -> int:
        """Return the number of candidates in a window that has been replayed."""
        return self._candidates[window.name]


def _known_events(moment: datetime) -> EventQuerySet:
    """Return the events that were known at a moment: published by then, or somebody had interacted with them."""
    earlier = Interaction.objects.filter(event=OuterRef("pk"), created_at__lt=moment)
    return Event.objects.filter(Q(created_at__lte=moment) | Exists(earlier))


def _choices(since: datetime, until: datetime) -> Iterable[tuple[int, int, bool, bool]]:
    """Return each user and event once, by user: what people applied to, of what was ahead and known at `since`.

    Without what they had interacted with before. Each row ends with whether nobody had interacted with the event, and
    whether the user had interacted with anything.
    """
    earlier = Interaction.objects.filter(created_at__lt=since)
    events = _known_events(since).starting_after(since).exclude(status=Event.Status.CANCELLED)
    applied = Interaction.objects.filter(
        ~Exists(earlier.filter(user=OuterRef("user"), event=OuterRef("event"))),
        action=Interaction.Action.APPLY,
        created_at__gte=since,
        created_at__lt=until,
        event__in=events,
    ).annotate(
        is_new=~Exists(earlier.filter(event=OuterRef("event"))),
        has_history=Exists(earlier.filter(user=OuterRef("user"))),
    )
    rows = applied.order_by("user_id", "event_id").distinct()
    return rows.values_list("user_id", "event_id", "is_new", "has_history")


# The rows to copy, and the expression for each column that is written.
_Copy = tuple[QuerySet[Any], dict[str, Any]]


def _copies(now: datetime) -> dict[type[Model], _Copy]:
    """Return what was known at a moment, in the order in which it can be written.

    Rows are copied as they are today. Events that are over by now but were ahead are open again; users have nothing
    that says who they are; vectors have no row versions, which do not hold for copies.
    """
    was_over = When(status=Event.Status.COMPLETED, start_at__gt=now, then=Value(Event.Status.OPEN))
    anonymous = {
        "password": Value("!"), "username": Cast("id", CharField()), "first_name": Value(""), "last_name": Value(""),
        "email": Value(""), "display_name": Value(""), "is_superuser": Value(False), "is_staff": Value(False),
        "is_active": Value(True),
    }  # fmt: skip
    as_is = ("id", "date_joined", "interests", "latitude", "longitude", "personal_ranking")
    events = _known_events(now)
    return {
        Organiser: (Organiser.objects.all(), _columns(Organiser)),
        User: (User.objects.all(), {name: F(name) for name in as_is} | anonymous),
        Event: (events, _columns(Event) | {"status": Case(was_over, default=F("status"))}),
        Interaction: (Interaction.objects.filter(created_at__lt=now), _columns(Interaction)),
        EventEmbedding: (
            EventEmbedding.objects.filter(event__in=events),
            _columns(EventEmbedding) | {"row_versions": Value("")},
        ),
    }


def _columns(model: type[Model]) -> dict[str, Any]:
    return {field.attname: F(field.attname) for field in model._meta.concrete_fields}


def _read_into(folder: Path, copies: dict[type[Model], _Copy]) -> None:
    """Write the rows of each table into a file; all of them as one transaction sees them."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for model, (rows, columns) in copies.items():
            query, parameters = rows.order_by("pk").values_list(*columns.values()).query.sql_with_params()
            # Below Django's cursor, which takes no parameters for COPY if DEBUG is on.
            copying = cursor.cursor.copy(_COPY_OUT.format(query), parameters)
            with (folder / model._meta.db_table).open("wb") as file, copying as copy:
                for block in copy:
                    file.write(block)


def _write_from(folder: Path, copies: dict[type[Model], _Copy]) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for model, (_, columns) in copies.items():
            table, names = sql.Identifier(model._meta.db_table), sql.SQL(", ").join(map(sql.Identifier, columns))
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)
            with (folder / model._meta.db_table).open("rb") as file, cursor.copy(statement) as copy:
                while block := file.read(1 << 20):
                    copy.write(block)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
