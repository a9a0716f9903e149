"""Validation of the rows of a data set, and the form in which they are staged."""

import re
from collections import Counter
from datetime import datetime

from events import csv_cells as cells
from events.categories import Category, canonical_set
from events.csv_cells import NAME_MAX, Record
from interactions.models import Interaction

Staged = tuple[object, ...]

GROUP_COLUMNS = ("group_id", "name")
USER_COLUMNS = ("user_id", "lat", "lng", "declared_interests")
EVENT_COLUMNS = (
    "event_id", "title", "description", "category", "tags", "lat", "lng", "start_at", "group_id", "venue_id",
)  # fmt: skip
INTERACTION_COLUMNS = ("user_id", "event_id", "action", "created_at")

# Of the model's field; the database would refuse more.
_USERNAME_MAX = 150
# Printable ASCII without spaces and backslashes, which COPY sends as they are.
_PLAIN = re.compile(
    rf"[!-[\]-~]{{1,{_USERNAME_MAX}}}\t[!-[\]-~]{{1,{NAME_MAX}}}\t(?:{'|'.join(Interaction.Action.values)})"
    r"\t([0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,6})?Z?"
)
# No password hashes to this: Django's mark of an account that signs in by no password.
_UNUSABLE_PASSWORD = "!"  # noqa: S105


def group_row(record: Record, warnings: Counter[str]) -> Staged:
    """Return external id and name of an organiser."""
    key = cells.key(record, "group_id", NAME_MAX)
    return key, cells.line(record.values["name"], "organiser names", warnings) or key


def user_row(record: Record, warnings: Counter[str]) -> Staged:
    """Return username, password, interests and home of a user."""
    latitude, longitude = cells.coordinates(record, "users had 0,0 as home: taken as unknown", warnings)
    interests = canonical_set(filter(None, record.values["declared_interests"].split("|")))
    for interest in interests:
        if interest not in Category.values:
            raise record.wrong("declared_interests", f"names {interest[:40]}, which is no category.")
    return cells.key(record, "user_id", _USERNAME_MAX), _UNUSABLE_PASSWORD, interests, latitude, longitude


def event_row(record: Record, warnings: Counter[str]) -> Staged:
    """Return the columns of an event, in the order of the staging table."""
    latitude, longitude = cells.coordinates(record, "events had 0,0 as place: taken as unknown", warnings)
    group = cells.key(record, "group_id", NAME_MAX) if record.values["group_id"].strip() else None
    venue = cells.line(record.values["venue_id"], "venues", warnings)
    return (
        cells.key(record, "event_id", NAME_MAX), cells.title(record, warnings), cells.description(record, warnings),
        cells.category(record), cells.tags(record, warnings), latitude, longitude, cells.moment(record, "start_at"),
        group, venue,
    )  # fmt: skip


def interaction_row(record: Record, warnings: Counter[str]) -> Staged:
    """Return line, user, event, action and time of an interaction."""
    action = record.values["action"]
    if action not in Interaction.Action.values:
        raise record.wrong("action", f"is no action. Known are: {', '.join(Interaction.Action.values)}.")
    user, event = cells.key(record, "user_id", _USERNAME_MAX), cells.key(record, "event_id", NAME_MAX)
    return record.line, user, event, action, cells.moment(record, "created_at")


def plain_interaction(line: int, values: tuple[str, ...]) -> str | None:
    """Return the line of COPY of an interaction that needs no closer look, by far the most; None for any other.

    What it takes, interaction_row takes too, as the same.
    """
    text = "\t".join(values)
    match = _PLAIN.fullmatch(text)
    if match is None:
        return None
    try:
        year = datetime.fromisoformat(match[1]).year
    except ValueError:
        return None
    # The database reads a time without a zone in its session's, which is UTC.
    return f"{line}\t{text}\n" if 1 < year < 9999 else None
