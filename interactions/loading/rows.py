"""This file holds what becomes of a row: checked, in the form in which it is staged."""

import re
from collections import Counter
from datetime import UTC, datetime

from events.categories import Category, canonical, canonical_set
from events.models import DESCRIPTION_MAX_LENGTH, TAGS_MAX
from interactions.loading.reading import Record
from interactions.models import Interaction

Staged = tuple[object, ...]

GROUP_COLUMNS = ("group_id", "name")
USER_COLUMNS = ("user_id", "lat", "lng", "declared_interests")
EVENT_COLUMNS = (
    "event_id", "title", "description", "category", "tags", "lat", "lng", "start_at", "group_id", "venue_id",
)  # fmt: skip
INTERACTION_COLUMNS = ("user_id", "event_id", "action", "created_at")

# Of the models' fields; the database would refuse more.
_USERNAME_MAX, _NAME_MAX, _TAG_MAX = 150, 200, 100
# Printable ASCII without spaces and backslashes, which COPY sends as they are.
_PLAIN = re.compile(
    rf"[!-[\]-~]{{1,{_USERNAME_MAX}}}\t[!-[\]-~]{{1,{_NAME_MAX}}}\t(?:{'|'.join(Interaction.Action.values)})"
    r"\t([0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.[0-9]{1,6})?Z?"
)
_NO_TITLE = "Untitled event"
# No password hashes to this: Django's mark of an account that signs in by no password.
_UNUSABLE_PASSWORD = "!"  # noqa: S105


def group_row(record: Record, warnings: Counter[str]) -> Staged:
    """Return external id and name of an organiser."""
    key = _key(record, "group_id", _NAME_MAX)
    return key, _cut(
        record.values["name"].strip(), _NAME_MAX, "organiser names were cut to 200 characters", warnings
    ) or key


def user_row(record: Record, warnings: Counter[str]) -> Staged:
    """Return username, password, interests and home of a user."""
    latitude, longitude = _coordinates(record, "users had 0,0 as home: taken as unknown", warnings)
    interests = canonical_set(filter(None, record.values["declared_interests"].split("|")))
    for interest in interests:
        if interest not in Category.values:
            raise record.wrong("declared_interests", f"names {interest[:40]}, which is no category.")
    return _key(record, "user_id", _USERNAME_MAX), _UNUSABLE_PASSWORD, interests, latitude, longitude


def event_row(record: Record, warnings: Counter[str]) -> Staged:
    """Return the columns of an event, in the order of the staging table."""
    values = record.values
    latitude, longitude = _coordinates(record, "events had 0,0 as place: taken as unknown", warnings)
    title = _cut(values["title"].strip(), _NAME_MAX, "titles were cut to 200 characters", warnings)
    if not title:
        warnings[f'events had no title: called "{_NO_TITLE}"'] += 1
    description = _cut(
        values["description"], DESCRIPTION_MAX_LENGTH, "descriptions were cut to 20,000 characters", warnings
    )
    tags = [
        _cut(tag.strip(), _TAG_MAX, "tags were cut to 100 characters", warnings) for tag in values["tags"].split("|")
    ]
    tags = list(dict.fromkeys(filter(None, tags)))
    if len(tags) > TAGS_MAX:
        warnings[f"events had more than {TAGS_MAX} tags: the first ones were kept"] += 1
    category = canonical(values["category"]) or None
    if category is not None and category not in Category.values:
        raise record.wrong("category", f"is no category. Known are: {', '.join(Category.values)}.")
    group = values["group_id"].strip() or None
    venue = _cut(values["venue_id"].strip(), _NAME_MAX, "venues were cut to 200 characters", warnings)
    return (
        _key(record, "event_id", _NAME_MAX), title or _NO_TITLE, description, category, tags[:TAGS_MAX], latitude,
        longitude, _time(record, "start_at"), group, venue,
    )  # fmt: skip


def interaction_row(record: Record, warnings: Counter[str]) -> Staged:
    """Return line, user, event, action and time of an interaction."""
    action = record.values["action"]
    if action not in Interaction.Action.values:
        raise record.wrong("action", f"is no action. Known are: {', '.join(Interaction.Action.values)}.")
    user, event = _key(record, "user_id", _USERNAME_MAX), _key(record, "event_id", _NAME_MAX)
    return record.line, user, event, action, _time(record, "created_at")


def plain_interaction(line: int, values: tuple[str, ...]) -> str | None:
    """Return the line of COPY of an interaction that needs no closer look, by far the most; None for any other.

    What it takes, interaction_row takes too, as the same.
    """
    text = "\t".join(values)
    found = _PLAIN.fullmatch(text)
    if found is None:
        return None
    try:
        year = datetime.fromisoformat(found[1]).year
    except ValueError:
        return None
    # The database reads a time without a zone in its session's, which is UTC.
    return f"{line}\t{text}\n" if 1 < year < 9999 else None


def _key(record: Record, column: str, longest: int) -> str:
    value = record.values[column].strip()
    if not value:
        raise record.wrong(column, "is no id.")
    if len(value) > longest:
        raise record.wrong(column, f"is longer than {longest} characters.")
    return value


def _cut(text: str, longest: int, warning: str, warnings: Counter[str]) -> str:
    if len(text) > longest:
        warnings[warning] += 1
    return text[:longest]


def _coordinates(record: Record, warning: str, warnings: Counter[str]) -> tuple[float | None, float | None]:
    latitude, longitude = _degrees(record, "lat", 90), _degrees(record, "lng", 180)
    if (latitude is None) != (longitude is None):
        raise record.wrong("lat" if latitude is None else "lng", "is missing; give lat and lng, or neither.")
    if latitude == 0 and longitude == 0:
        warnings[warning] += 1
        return None, None
    return latitude, longitude


def _degrees(record: Record, column: str, most: int) -> float | None:
    text = record.values[column].strip()
    if not text:
        return None
    try:
        degrees = float(text)
    except ValueError as error:
        raise record.wrong(column, "is no number.") from error
    # Written so that NaN fails, too.
    if not -most <= degrees <= most:
        raise record.wrong(column, f"is not within -{most} and {most}.")
    return degrees


def _time(record: Record, column: str) -> datetime:
    try:
        moment = datetime.fromisoformat(record.values[column].strip())
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise record.wrong(column, "is not a time; write YYYY-MM-DD HH:MM:SS (UTC).") from error
    if not 1 < moment.year < 9999:
        raise record.wrong(column, "is not within the years 2 to 9998.")
    return moment
