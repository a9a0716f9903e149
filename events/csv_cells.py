"""The strict reading of CSV cells: errors name file, line, column and value."""

import csv
import re
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal

from django.core.exceptions import ValidationError

from api.text_rules import FORBIDDEN, cleaned_line, cleaned_text
from events.categories import Category, canonical
from events.models import DESCRIPTION_MAX_LENGTH, TAGS_MAX

# Descriptions may be long; the default of 128 KiB is not the format's limit.
csv.field_size_limit(min(sys.maxsize, 16 * 1024 * 1024))

# Of the models' fields; the database would refuse more.
NAME_MAX, TAG_MAX = 200, 100
NO_TITLE = "Untitled event"
_NUMBER = re.compile(r"[0-9]{1,10}(\.[0-9]{1,2}0*)?", re.ASCII)
_REMOVED = "texts had control characters, or ones that change the direction of text: these were removed"


class DatasetError(Exception):
    """The data set cannot be loaded: mend what the message names and load again; nothing was written."""


@dataclass(frozen=True)
class Record:
    """A row of a file: its values by column, and the line on which it ends."""

    file: str
    line: int
    values: dict[str, str]

    def wrong(self, column: str, why: str) -> DatasetError:
        """Return the error that names this row's value; `why` finishes the sentence."""
        value = self.values[column]
        shown = value if len(value) <= 80 else value[:79] + "…"
        return DatasetError(f'{self.file}, line {self.line}, column {column}: "{shown}" {why}'.replace("\n", " "))

    def refuse_nul(self) -> None:
        """Raise DatasetError if a value holds what the database cannot store."""
        for column, value in self.values.items():
            if "\0" in value:
                raise self.wrong(column, "has a NUL character, which the database cannot store.")


def key(record: Record, column: str, longest: int) -> str:
    """Return an id without the white space around it; DatasetError if it is empty or too long."""
    value = record.values[column].strip()
    if FORBIDDEN.search(value):
        raise record.wrong(column, "is no id: it has a control character, or one that changes the direction of text.")
    if not cleaned_line(value):
        raise record.wrong(column, "is no id.")
    if len(value) > longest:
        raise record.wrong(column, f"is longer than {longest} characters.")
    return value


def cut(text: str, longest: int, warning: str, warnings: Counter[str]) -> str:
    """Return a text that is not too long; one that was is counted under its warning."""
    if len(text) > longest:
        warnings[warning] += 1
    return text[:longest]


def line(text: str, what: str, warnings: Counter[str], *, longest: int = NAME_MAX) -> str:
    """Return a text as one line that may be stored; `what` names such texts in the warnings, in the plural."""
    _count_removed(text, warnings)
    text = cut(cleaned_line(text), longest, f"{what} were cut to {longest} characters", warnings)
    # What was cut off may have been all that was visible.
    return cleaned_line(text)


def _count_removed(text: str, warnings: Counter[str]) -> None:
    if FORBIDDEN.search(text):
        warnings[_REMOVED] += 1


def title(record: Record, warnings: Counter[str]) -> str:
    """Return the title of an event, which is never empty."""
    text = line(record.values["title"], "titles", warnings)
    if not text:
        warnings[f'events had no title: called "{NO_TITLE}"'] += 1
    return text or NO_TITLE


def description(record: Record, warnings: Counter[str]) -> str:
    """Return the description of an event."""
    text = record.values["description"]
    _count_removed(text, warnings)
    text = cut(cleaned_text(text), DESCRIPTION_MAX_LENGTH, "descriptions were cut to 20,000 characters", warnings)
    return cleaned_text(text)


def category(record: Record) -> str | None:
    """Return the canonical category of an event; DatasetError for one that is not in the vocabulary."""
    name = canonical(record.values["category"]) or None
    if name is not None and name not in Category.values:
        raise record.wrong("category", f"is no category. Known are: {', '.join(Category.values)}.")
    return name


def tags(record: Record, warnings: Counter[str]) -> list[str]:
    """Return the tags of an event, which bars part, each once."""
    return tags_from(record.values["tags"].split("|"), warnings)


def tags_from(words: list[str], warnings: Counter[str]) -> list[str]:
    """Return words as tags, each once, the first ones if there are too many."""
    kept = [line(word, "tags", warnings, longest=TAG_MAX) for word in words]
    kept = list(dict.fromkeys(filter(None, kept)))
    if len(kept) > TAGS_MAX:
        warnings[f"events had more than {TAGS_MAX} tags: the first ones were kept"] += 1
    return kept[:TAGS_MAX]


def coordinates(record: Record, warning: str, warnings: Counter[str]) -> tuple[float | None, float | None]:
    """Return latitude and longitude, or neither; 0,0 is taken as unknown and counted under the warning."""
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


def number(record: Record, column: str) -> Decimal | None:
    """Return a number of 0 or more with at most two decimals; None if the cell is empty or not there."""
    text = record.values.get(column, "").strip()
    if not text:
        return None
    if not _NUMBER.fullmatch(text):
        raise record.wrong(column, "is no number of 0 or more with at most two decimals.")
    return Decimal(text)


def code(record: Record, column: str, canonical: Callable[[str], str]) -> str | None:
    """Return a code in the form in which it is stored, by the function that knows it; None if the cell is empty."""
    text = record.values[column].strip()
    try:
        return canonical(text) if text else None
    except ValidationError as error:
        message = error.messages[0]
        raise record.wrong(column, f"is unknown. {message}") from error


def moment(record: Record, column: str, *, zone: tzinfo = UTC) -> datetime:
    """Return a time in UTC; one without a zone is of `zone`."""
    name = "UTC" if zone is UTC else str(zone)
    try:
        time = datetime.fromisoformat(record.values[column].strip())
        time = (time.replace(tzinfo=zone) if time.tzinfo is None else time).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise record.wrong(column, f"is not a time; write YYYY-MM-DD HH:MM:SS ({name}).") from error
    if not 1 < time.year < 9999:
        raise record.wrong(column, "is not within the years 2 to 9998.")
    return time
