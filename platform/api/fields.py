"""Serializer fields that read input strictly: what is of another kind, too long or out of range is an error."""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from django.utils.dateparse import parse_datetime
from rest_framework import serializers

from api.text_rules import validate_line, validate_text

# RFC 3339, 5.6, with the seconds optional; what ISO 8601 knows beyond (weeks, ordinal days, commas) is refused.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_ID = re.compile("[1-9][0-9]{0,18}", re.ASCII)
_DECIMAL = re.compile(r"(0|[1-9][0-9]{0,8})(\.[0-9]{1,15})?", re.ASCII)
# More than all values of a choice take up.
_TEXT_MAX = 1_000

BIGINT_MAX = 2**63 - 1
# As many as a page has.
_IDS_MAX = 100
# What Python's datetime holds in every time zone; PostgreSQL knows infinity and years beyond, which would fail to load.
TIMES = (datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC))


class WholeNumberField(serializers.IntegerField):
    """A whole number: JSON's 7 or a parameter's "7"; not 7.0, not true, not "7" in JSON."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number; ValidationError for anything else."""
        if (
            isinstance(data, str)
            and data.isascii()
            and data.isdigit()
            and getattr(self.parent, "reads_parameters", False)
        ):
            # More digits than any limit has: no need to convert thousands of them to refuse them.
            data = int(data) if len(data) <= 30 else BIGINT_MAX + 1
        if type(data) is not int:
            self.fail("invalid")
        return data


class ChoiceField(serializers.ChoiceField):
    """One of several values; the error lists them."""

    default_error_messages = {"invalid_choice": "Choose one of: {choices}."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the value; ValidationError for anything else."""
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", choices=", ".join(self.choices))
        return data


class ChoicesField(serializers.CharField):
    """Several of some values in one parameter, separated by commas; the value is a tuple, each once, sorted."""

    default_error_messages = {"invalid_choice": "Choose among: {choices}; several are separated by commas."}

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        """Take the values, and what a serializer field takes."""
        super().__init__(**kwargs)
        self.values = tuple(choices)

    def to_internal_value(self, data: Any) -> Any:
        """Return the values; ValidationError for anything else."""
        named = {self.canonical(part) for part in str(data)[:_TEXT_MAX].split(",")}
        if not named <= set(self.values):
            self.fail("invalid_choice", choices=", ".join(self.values))
        return tuple(sorted(named))

    def canonical(self, text: str) -> str:
        """Return the form in which a value is compared."""
        return text


class TrueField(serializers.ChoiceField):
    """A parameter that is true or left out."""

    default_error_messages = {"invalid_choice": "Write true, or leave the parameter out."}

    def __init__(self, **kwargs: Any) -> None:
        """Take what a serializer field takes."""
        super().__init__(choices=["true"], **kwargs)

    def to_internal_value(self, data: Any) -> Any:
        """Return True; ValidationError for anything else."""
        if data != "true":
            self.fail("invalid_choice")
        return True


class DecimalTextField(serializers.CharField):
    """A number in a parameter, in decimal notation, more than 0 and less than a limit."""

    default_error_messages = {"range": "Write a number of more than 0 and less than {limit:,}, such as 2.5."}

    def __init__(self, *, below: int, **kwargs: Any) -> None:
        """Take the limit, and what a serializer field takes."""
        super().__init__(**kwargs)
        self.below = below

    def to_internal_value(self, data: Any) -> Any:
        """Return the number; ValidationError for anything else."""
        text = str(data)
        if not _DECIMAL.fullmatch(text) or not 0 < float(text) < self.below:
            self.fail("range", limit=self.below)
        return float(text)


class IdField(WholeNumberField):
    """The id of a row, from 1 to the largest that the database has."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what a serializer field takes."""
        super().__init__(min_value=1, max_value=BIGINT_MAX, **kwargs)


class IdsField(serializers.CharField):
    """Ids in one parameter, separated by commas; the value is a tuple, each id once, smallest first."""

    default_error_messages = {"ids": f"Write at most {_IDS_MAX} whole numbers from 1, separated by commas: 3,14,15."}

    def to_internal_value(self, data: Any) -> Any:
        """Return the ids; ValidationError for anything else."""
        parts = str(data).split(",", _IDS_MAX)
        if len(parts) > _IDS_MAX or not all(_ID.fullmatch(part) and int(part) <= BIGINT_MAX for part in parts):
            self.fail("ids")
        return tuple(sorted({int(part) for part in parts}))


class DegreesField(serializers.FloatField):
    """A latitude or longitude: a finite JSON number; neither true nor a number in a string."""

    def to_internal_value(self, data: Any) -> float:
        """Return the number; ValidationError for anything else."""
        if type(data) not in (int, float) or not math.isfinite(data):
            self.fail("invalid")
        return float(data)


class MomentField(serializers.DateTimeField):
    """A moment as RFC 3339 writes it, with its offset from UTC, so that it names one moment in every zone.

    A local time that a zone skips or has twice when its clocks change cannot be written this way. A fraction of a
    second may have any number of digits; those beyond the sixth are cut off, because PostgreSQL keeps microseconds:
    rounding would move the present into the future.
    """

    default_error_messages = {
        "format": "Write a moment like 2026-05-01T19:30:00Z or 2026-05-01T21:30:00+02:00; the offset is needed.",
        "range": "Moments lie in the years 1 to 9999.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        """Return the moment in UTC; ValidationError for anything else."""
        if not isinstance(data, str) or not _MOMENT.fullmatch(data):
            self.fail("format")
        try:
            # Django cuts the fraction off, too.
            moment = parse_datetime(data.upper())
        except ValueError:
            moment = None
        if moment is None:
            self.fail("format")
        earliest, latest = TIMES
        try:
            moment = moment.astimezone(UTC)
        except OverflowError:
            self.fail("range")
        if not earliest <= moment <= latest:
            self.fail("range")
        return moment


class TimeZoneField(serializers.CharField):
    """A time zone by its name in the tz database; the value is the zone."""

    default_error_messages = {"zone": "Name a time zone of the tz database, like Europe/Lisbon."}

    def to_internal_value(self, data: Any) -> ZoneInfo:  # type: ignore[override]
        """Return the zone; ValidationError for one that doesn't exist."""
        name = super().to_internal_value(data)
        if name not in _zones():
            self.fail("zone")
        return ZoneInfo(name)


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


class JSONStringField(serializers.CharField):
    """Text that was sent as a JSON string; Django REST framework's own takes numbers too."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; ValidationError for what is no string."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TextLineField(JSONStringField):
    """A line of text, or several with `lines=True`, that follows the rules of api/text_rules.py."""

    default_error_messages = {"invalid": "Write this as a JSON string."}

    def __init__(self, *, lines: bool = False, **kwargs: Any) -> None:
        """Take what a character field takes."""
        super().__init__(**kwargs)
        self.validators.append(validate_text if lines else validate_line)


class ShortListField(serializers.ListField):
    """A list of at most `max_length` items; one that is longer is refused before its items are looked at.

    They would take a second for a body of 64 KB.
    """

    def to_internal_value(self, data: Any) -> list[Any]:
        """Return the validated items; ValidationError names every wrong one."""
        if isinstance(data, list) and self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return list(super().to_internal_value(data))


def typed_id(text: str) -> int | None:
    """Return the whole number that these ASCII digits write, None for other text and for more than a bigint holds."""
    # int() would take digits of any alphabet, and any number of them.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(BIGINT_MAX))):
        return None
    number = int(text)
    return number if number <= BIGINT_MAX else None
