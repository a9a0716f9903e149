"""Exported data sets as a source of tasks: their windows, what was known at each, and the ground truth."""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import groupby
from pathlib import Path

from events.models import Event
from interactions.loading.load import load_dataset
from interactions.loading.reading import table
from interactions.loading.rows import INTERACTION_COLUMNS
from recommendations.clock import BadMoment, moment_from
from recommendations.evaluation.scratch import scratch_copy
from recommendations.evaluation.tasks import GroundTruth, Say, Task, TaskWindow


class BadExport(Exception):
    """A folder is not an exported data set; names the file, line and column, and says what was expected."""


class Exported:
    """An exported data set, in the files that docs/evaluation.md describes.

    With `dataset`, the complete data set that it was exported from, its rankings can be scored.
    """

    def __init__(self, directory: Path, *, dataset: Path | None = None, windows: int | None = None) -> None:
        """Read the tasks, at most those of the first `windows`; BadExport if they are missing."""
        self.directory = directory
        self.windows = windows_of(directory)[:windows]
        self.ground_truths: Mapping[tuple[str, str], GroundTruth] = {}
        if dataset is not None:
            self.ground_truths = ground_truths_of(directory, dataset, self.windows)

    @contextmanager
    def known_at(self, window: TaskWindow, *, template: str, say: Say) -> Iterator[dict[int, str]]:
        """Point Django at a scratch database with what was known at a window's moment; give its events' names by id."""
        with tempfile.TemporaryDirectory() as folder, scratch_copy(template):
            dropped = _write_known(self.directory, window, Path(folder))
            if dropped:
                say(f"window {window.name}: {dropped:,} interactions with unknown events dropped")
            load_dataset(Path(folder), progress=lambda name, number: None)
            yield {pk: str(name) for pk, name in Event.objects.values_list("pk", "external_id")}

    def candidates_in(self, window: TaskWindow) -> int:
        """Return the number of candidates in a window."""
        return len(candidates_of(self.directory, window))


def windows_of(directory: Path) -> tuple[TaskWindow, ...]:
    """Return the windows of tasks.csv in its order; BadExport if it is missing or malformed."""
    rows = list(_rows(directory / "tasks.csv", ("window", "now", "user_id")))
    windows = []
    for (name, now), group in groupby(rows, key=lambda row: (row[1]["window"], row[1]["now"])):
        lines = list(group)
        try:
            moment = moment_from(now).astimezone(UTC)
        except BadMoment as error:
            raise BadExport(f"{directory / 'tasks.csv'}, line {lines[0][0]}, column now: {error}") from error
        windows.append(TaskWindow(name, moment, tuple(Task(row["user_id"]) for _, row in lines)))
    if not windows:
        raise BadExport(f"{directory / 'tasks.csv'}: it has no tasks.")
    return tuple(windows)


def candidates_of(directory: Path, window: TaskWindow) -> frozenset[str]:
    """Return the external ids of the candidates in a window."""
    path = directory / f"window_{window.name}" / "candidates.csv"
    return frozenset(row["event_id"] for _, row in _rows(path, ("event_id",)))


def ground_truths_of(
    directory: Path, dataset: Path, windows: Sequence[TaskWindow]
) -> dict[tuple[str, str], GroundTruth]:
    """Return the ground truth of each task: the candidates that the user applied to after the window's moment.

    Without those that the user had interacted with before. If there are several windows, one that begins with a month
    ends with it; all others end with the data. BadExport without interactions in `dataset`.
    """
    source = table(dataset, "interactions", INTERACTION_COLUMNS)
    if source is None:
        raise BadExport(f"{dataset}: there is neither interactions.csv nor interactions.csv.gz.")
    applied: dict[str, list[tuple[datetime, str]]] = defaultdict(list)
    for record in source.records():
        if record.values["action"] == "APPLY":
            at = moment_from(record.values["created_at"]).astimezone(UTC)
            applied[record.values["user_id"]].append((at, record.values["event_id"]))
    truths = {}
    for window in windows:
        until = _end_of(window, alone=len(windows) == 1)
        candidates = candidates_of(directory, window)
        history: dict[str, set[str]] = defaultdict(set)
        for _, row in _rows(directory / f"window_{window.name}" / "interactions.csv", ("user_id", "event_id")):
            history[row["user_id"]].add(row["event_id"])
        with_interactions = {event for events in history.values() for event in events}
        for task in window.tasks:
            own = history.get(task.username, set())
            relevant = frozenset(
                event
                for at, event in applied[task.username]
                if window.now <= at < until and event in candidates and event not in own
            )
            truths[window.name, task.username] = GroundTruth(relevant, relevant - with_interactions, bool(own))
    return truths


def _end_of(window: TaskWindow, *, alone: bool) -> datetime:
    first_of_month = (window.now.day, window.now.hour, window.now.minute) == (1, 0, 0)
    if alone or not first_of_month:
        return datetime.max.replace(tzinfo=UTC)
    return (window.now + timedelta(days=32)).replace(day=1)


def _write_known(directory: Path, window: TaskWindow, into: Path) -> int:
    """Write what was known at a window's moment as a data set for load_dataset.

    Return how many interactions were dropped because their event is neither a candidate nor past.
    """
    source = directory / f"window_{window.name}"
    shutil.copyfile(_existing(directory / "users.csv"), into / "users.csv")
    known: set[str] = set()
    with (into / "events.csv").open("w", newline="", encoding="utf-8") as out:
        writer: csv.DictWriter[str] | None = None
        for name in ("candidates.csv", "past_events.csv"):
            for _, row in _rows(source / name, ("event_id", "start_at")):
                if writer is None:
                    writer = csv.DictWriter(out, list(row))
                    writer.writeheader()
                if row["event_id"] not in known:
                    known.add(row["event_id"])
                    writer.writerow(row)
    dropped = 0
    with (into / "interactions.csv").open("w", newline="", encoding="utf-8") as out:
        columns = ("user_id", "event_id", "action", "created_at")
        kept = csv.DictWriter(out, columns)
        kept.writeheader()
        for _, row in _rows(source / "interactions.csv", columns):
            if row["event_id"] in known:
                kept.writerow({name: row[name] for name in columns})
            else:
                dropped += 1
    return dropped


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield each row of a file with its line number; BadExport if a column is missing or a row is malformed."""
    with _existing(path).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            raise BadExport(f"{path}, line 1: the column {missing[0]} is missing.")
        try:
            for row in reader:
                if None in row or None in row.values():
                    raise BadExport(f"{path}, line {reader.line_num}: it has more or fewer cells than line 1.")
                yield reader.line_num, row
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadExport(f"{path}, after line {reader.line_num}: {error}") from error


def _existing(path: Path) -> Path:
    if not path.is_file():
        raise BadExport(f"{path}: there is no such file. Export the data set first.")
    return path
