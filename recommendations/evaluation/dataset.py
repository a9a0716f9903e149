"""This file holds the reading of an exported data set: tasks, and for each window what was known at its moment."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from datetime import UTC
from itertools import groupby
from pathlib import Path

from recommendations.clock import BadMoment, moment_from
from recommendations.evaluation.source import Task, TaskWindow


class BadExport(Exception):
    """A folder is not an exported data set; says which file, line and column, and what was expected."""


def windows_of(directory: Path) -> tuple[TaskWindow, ...]:
    """Return the windows of tasks.csv in its order; BadExport if it is not there or not as it should be."""
    rows = list(_rows(directory / "tasks.csv", ("window", "now", "user_id")))
    found = []
    for (name, now), group in groupby(rows, key=lambda row: (row[1]["window"], row[1]["now"])):
        lines = list(group)
        try:
            moment = moment_from(now).astimezone(UTC)
        except BadMoment as error:
            raise BadExport(f"{directory / 'tasks.csv'}, line {lines[0][0]}, column now: {error}") from error
        found.append(TaskWindow(name, moment, tuple(Task(row["user_id"]) for _, row in lines)))
    if not found:
        raise BadExport(f"{directory / 'tasks.csv'}: it has no tasks.")
    return tuple(found)


def write_known(directory: Path, window: TaskWindow, into: Path) -> int:
    """Write what was known at a window's moment as a data set that load_dataset reads.

    Return how many interactions were dropped, because their event is neither a candidate nor past.
    """
    source = directory / f"window_{window.name}"
    shutil.copyfile(_there(directory / "users.csv"), into / "users.csv")
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


def candidates_of(directory: Path, window: TaskWindow) -> frozenset[str]:
    """Return the events that may be recommended in a window."""
    path = directory / f"window_{window.name}" / "candidates.csv"
    return frozenset(row["event_id"] for _, row in _rows(path, ("event_id",)))


def known_interactions(directory: Path, window: TaskWindow) -> Iterator[tuple[str, str]]:
    """Yield the user and event of every interaction that was known at a window's moment."""
    path = directory / f"window_{window.name}" / "interactions.csv"
    for _, row in _rows(path, ("user_id", "event_id")):
        yield row["user_id"], row["event_id"]


def _rows(path: Path, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    with _there(path).open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        missing = [name for name in columns if name not in (reader.fieldnames or [])]
        if missing:
            raise BadExport(f"{path}, line 1: the column {missing[0]} is missing.")
        try:
            for row in reader:
                if None in row or None in row.values():
                    raise BadExport(f"{path}, line {reader.line_num}: it has not as many cells as line 1.")
                yield reader.line_num, row
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadExport(f"{path}, after line {reader.line_num}: {error}") from error


def _there(path: Path) -> Path:
    if not path.is_file():
        raise BadExport(f"{path}: there is no such file. Export the data set first.")
    return path
