"""Export of a user's personal data as JSON."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from django.db.models import F, Field, ForeignKey, Model

from users.models import User
from users.personal_data.registry import PersonalData, personal_data_of

# What opens doors, or could be guessed from: of no use to its owner, and a danger in a file that lies about. And the
# mark of demo accounts, which says nothing about a person.
_LEFT_OUT = re.compile("password|secret|token|digest|session_(key|data)|fingerprint|is_demo")
# What a thing that a row refers to is called by.
_CALLED = ("title", "name")


def exported(user: User, at: datetime) -> Iterator[bytes]:
    """Yield the JSON of all that is known about a user, in pieces of some thousand rows.

    An object: `exportedAt`; `profile`, the user's own row; a list for each other table, empty ones too. Columns that
    hold secrets are left out, and who another person is. A thing that a row refers to is named beside its id.
    """
    yield b'{"exportedAt":' + _json(at) + b',"profile":' + _json(_as_json(user, user, _columns(User)))
    tables = personal_data_of(user)
    for name, table in zip(_names(tables), tables, strict=True):
        yield b"," + _json(name) + b":["
        yield from _listed(table, user)
        yield b"]"
    yield b"}"


@dataclass(frozen=True)
class _Column:
    """A column of an export: its name in JSON, the attribute of a row, and whether it says who a person is."""

    name: str
    attribute: str
    is_person: bool = False


def _listed(table: PersonalData, user: User) -> Iterator[bytes]:
    called = dict(_calls(table.model))
    columns = [*_columns(table.model), *(_Column(_camel(name), name) for name in called)]
    rows = table.rows.annotate(**{name: F(path) for name, path in called.items()})
    separator = b""
    for batch in table.batches(rows):
        yield separator + b",".join(_json(_as_json(row, user, columns)) for row in batch)
        separator = b","


def _columns(model: type[Model]) -> list[_Column]:
    return [
        _Column(_camel(field.attname), field.attname, _is_person(field))
        for field in model._meta.concrete_fields
        if not _LEFT_OUT.search(field.name)
    ]


def _is_person(field: Field[Any, Any]) -> bool:
    return (
        isinstance(field, ForeignKey)
        and isinstance(field.related_model, type)
        and issubclass(field.related_model, User)
    )


def _calls(model: type[Model]) -> Iterator[tuple[str, str]]:
    """Yield a name, and the path to it, for each thing that rows of a model refer to."""
    columns = {field.attname for field in model._meta.concrete_fields}
    for field in model._meta.concrete_fields:
        if not isinstance(field, ForeignKey) or not isinstance(field.related_model, type):
            continue
        there = {column.name for column in field.related_model._meta.concrete_fields}
        for called in _CALLED:
            name = f"{field.name}_{called}"
            if called in there and name not in columns:
                yield name, f"{field.name}__{called}"


def _as_json(row: Model, user: User, columns: list[_Column]) -> dict[str, Any]:
    values = ((column, getattr(row, column.attribute)) for column in columns)
    return {column.name: None if column.is_person and value != user.pk else value for column, value in values}


def _names(tables: list[PersonalData]) -> list[str]:
    """Return a name for each table: what it holds, after the app's name where two hold things of one name."""
    plain = [str(table.model._meta.verbose_name_plural) for table in tables]
    number = Counter([*plain, "exported at", "profile"])
    return [
        _camel(name if number[name] == 1 else f"{table.model._meta.label} {name}")
        for name, table in zip(plain, tables, strict=True)
    ]


def _camel(name: str) -> str:
    words: list[str] = re.findall("[A-Za-z0-9]+", name)
    joined = "".join(word[0].upper() + word[1:] for word in words)
    return joined[0].lower() + joined[1:]


def _json(value: Any) -> bytes:
    return orjson.dumps(value, default=str, option=orjson.OPT_UTC_Z)
