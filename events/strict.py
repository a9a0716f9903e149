"""This file holds the strict reading of input: what is unknown, repeated, empty or of another kind is an error."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache, lru_cache
from typing import Any

from django.http import QueryDict
from django.utils.dateparse import parse_datetime
from rest_framework import serializers
from rest_framework.request import Request

from events.categories import Category, canonical
from events.characters import validate_line, validate_text
from events.models import TIMES

# RFC 3339, 5.6, with the seconds optional; what ISO 8601 knows beyond (weeks, ordinal days, commas) is refused.
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})", re.ASCII
)
_ID = re.compile("[1-9][0-9]{0,18}", re.ASCII)

BIGINT_MAX = 2**63 - 1
# Unknown names that are told; a body of 64 KB has thousands, and to word them all takes a third of a second.
_ENOUGH_ERRORS = 20
# Characters of an address's parameters. Longer ones, with a cursor, say, are hardly sent twice.
_COMMON_LENGTH = 100
# As many as a page has.
_IDS_MAX = 100


class StrictSerializer(serializers.Serializer[Any]):
    """A serializer that refuses names it does not know and fields that cannot be written."""

    def to_internal_value(self, data: Any) -> Any:
        """Return the validated values; ValidationError names every wrong field, the unknown ones too."""
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            for name in data:
                if len(errors) == _ENOUGH_ERRORS:
                    break
                if name not in self.fields:
                    errors[str(name)[:100]] = [f"Unknown. Known are: {', '.join(self._writable_names()) or 'none'}."]
                elif self.fields[name].read_only:
                    errors[name] = ["This field cannot be changed."]
        try:
            values = super().to_internal_value(data)
        except serializers.ValidationError as error:
            if not errors or not isinstance(error.detail, dict):
                raise
            raise serializers.ValidationError({**error.detail, **errors}) from error
        if errors:
            raise serializers.ValidationError(errors)
        return values

    def _writable_names(self) -> list[str]:
        return [name for name, field in self.fields.items() if not field.read_only]


class WholeNumberField(serializers.IntegerField):
    """A whole number: JSON's 7 or a parameter's "7"; not 7.0, not true, not "7" in JSON."""

    def to_internal_value(self, data: Any) -> int:
        """Return the number; ValidationError for anything else."""
        if isinstance(data, str) and data.isascii() and data.isdigit() and isinstance(self.parent, ParameterSerializer):
            # More digits than any limit has: no need to convert thousands of them to refuse them.
            data = int(data) if len(data) <= 30 else BIGINT_MAX + 1
        if type(data) is not int:
            self.fail("invalid")
        return data


class IdField(WholeNumberField):
    """The id of a row, from 1 to the largest that the database has."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what a serializer field takes."""
        super().__init__(min_value=1, max_value=BIGINT_MAX, **kwargs)


class IdsField(serializers.CharField):
    """Ids in one parameter, parted by commas; the value is a tuple, each id once, smallest first."""

    default_error_messages = {"ids": f"Write at most {_IDS_MAX} whole numbers from 1, parted by commas: 3,14,15."}

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

    A local time that a zone skips or has twice when its clocks change cannot be written this way.
    """

    default_error_messages = {
        "format": "Write a moment like 2026-05-01T19:30:00Z or 2026-05-01T21:30:00+02:00; the offset is needed.",
        "range": "Moments lie in the years 1 to 9999.",
    }

    def to_internal_value(self, data: Any) -> datetime:
        """Return the moment in UTC; ValidationError for anything else."""
        if not isinstance(data, str) or len(data) > 40 or not _MOMENT.fullmatch(data):
            self.fail("format")
        try:
            moment = parse_datetime(data)
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


class JSONStringField(serializers.CharField):
    """Text that was sent as a JSON string; Django REST framework's own takes numbers too."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text; ValidationError for what is no string."""
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class TextLineField(JSONStringField):
    """A line of text, or several with `lines=True`, that follows the rules of events/characters.py."""

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


class CategoryChoiceField(serializers.ChoiceField):
    """A category of the vocabulary, in any case."""

    def __init__(self, **kwargs: Any) -> None:
        """Take what a serializer field takes."""
        super().__init__(choices=Category.choices, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """Return the canonical category; ValidationError for one that is not in the vocabulary."""
        if not isinstance(data, str):
            self.fail("invalid_choice", input=type(data).__name__)
        name = canonical(data)
        if name not in Category.values:
            self.fail("invalid_choice", input=data[:50])
        return name

    def to_representation(self, value: Any) -> Any:
        """Return the category, also one that has left the vocabulary."""
        return value


class ParameterSerializer(StrictSerializer):
    """The parameters of an address, each at most once and none empty."""

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """Return the validated parameters of a request; ValidationError names every wrong one."""
        written: str = request.META.get("QUERY_STRING", "")
        is_common = len(written) <= _COMMON_LENGTH and written.isascii()
        return dict(_common(cls, written) if is_common else _validated(cls, request.query_params))


def _validated(parameters: type[ParameterSerializer], sent: QueryDict) -> dict[str, Any]:
    errors = {}
    for name, values in sent.lists():
        if len(values) > 1:
            errors[name[:100]] = ["Give this parameter once."]
        elif values[0] == "":
            errors[name[:100]] = ["This parameter is empty. Leave it out, or give it a value."]
    if errors:
        raise serializers.ValidationError(errors)
    return dict(_reader(parameters).run_validation(sent.dict()))


@lru_cache(1_000)
def _common(parameters: type[ParameterSerializer], written: str) -> dict[str, Any]:
    """Return what is read of parameters that many send: validating depends on nothing else."""
    return _validated(parameters, QueryDict(written))


@cache
def _reader(parameters: type[ParameterSerializer]) -> ParameterSerializer:
    """Return the one that reads for all: validating keeps nothing, and making the fields takes longer than that."""
    return parameters()


class PageParameters(ParameterSerializer):
    """How much of a list, and from where."""

    limit = WholeNumberField(min_value=1, max_value=100, default=20, help_text="How many results at most.")
    cursor = serializers.CharField(
        required=False, max_length=2_000, help_text="Where the page before ended: taken from its `next`."
    )
