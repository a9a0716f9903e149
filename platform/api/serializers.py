"""Serializers that read input strictly and write attributes as they are."""

from collections.abc import Callable, Mapping
from functools import cache, cached_property, lru_cache
from operator import attrgetter
from typing import Any

from django.http import QueryDict
from rest_framework import serializers
from rest_framework.request import Request

from api.fields import WholeNumberField

# Unknown names that are told; a body of 64 KB has thousands, and to word them all takes a third of a second.
_ENOUGH_ERRORS = 20
# Characters of an address's parameters. Longer ones, with a cursor, say, are hardly sent twice.
_COMMON_LENGTH = 100


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


class ParameterSerializer(StrictSerializer):
    """The parameters of an address, each at most once and none empty."""

    reads_parameters = True

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


class PlainSerializer(serializers.Serializer[Any]):
    """A serializer that writes attributes as they are: numbers, texts, lists, times, and other plain serializers.

    Looking up and converting each value by its field, as Serializer does, takes ten times as long.
    """

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Return the fields' values by name."""
        return {name: written(value_of(instance)) for name, value_of, written in self._plain_fields}

    @cached_property
    def _plain_fields(self) -> list[tuple[str, Callable[[Any], Any], Callable[[Any], Any]]]:
        return [
            (
                name,
                attrgetter(field.source or name),
                _written_by(field) if isinstance(field, PlainSerializer) else _as_it_is,
            )
            for name, field in self.fields.items()
        ]


def _as_it_is(value: Any) -> Any:
    return value


def _written_by(serializer: PlainSerializer) -> Callable[[Any], Any]:
    return lambda value: None if value is None else serializer.to_representation(value)
