"""Keyset pagination with signed cursors: no OFFSET, no COUNT, every page costs the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import BooleanField, F, Func, Model, QuerySet, Value
from django.db.models.expressions import Combinable
from rest_framework.exceptions import APIException, ValidationError

Row = TypeVar("Row", bound=Model)
Rows = TypeVar("Rows", bound=QuerySet[Any, Any])


class Negative(Func):
    """The negative of a number.

    An order with one column descending has no row comparison that an index could answer; negated, the column ascends.
    """

    template = "(- %(expressions)s)"
    arity = 1


@dataclass(frozen=True)
class Key:
    """One column of an order: what the database sorts by, and the attribute of a row that holds the same value."""

    expression: Combinable
    attribute: str


@dataclass(frozen=True)
class Order:
    """A total order of rows: keys that all ascend, or all descend; the last one is unique."""

    keys: tuple[Key, ...]
    descending: bool = False

    def sorted(self, rows: Rows) -> Rows:
        """Return the rows in this order."""
        columns = [Func(key.expression, template="%(expressions)s") for key in self.keys]
        return rows.order_by(*(column.desc() if self.descending else column.asc() for column in columns))

    def after(self, rows: Rows, position: Sequence[int | datetime]) -> Rows:
        """Return the rows that follow a position."""
        here = Func(*(key.expression for key in self.keys), function="ROW", output_field=BooleanField())
        there = Func(*(Value(value) for value in position), function="ROW", output_field=BooleanField())
        sign = "<" if self.descending else ">"
        return rows.filter(
            Func(here, there, template="(%(expressions)s)", arg_joiner=f" {sign} ", output_field=BooleanField())
        )

    def position_of(self, row: Model) -> tuple[int | datetime, ...]:
        """Return where a row stands."""
        return tuple(getattr(row, key.attribute) for key in self.keys)


# More than there are categories.
_LONG_LIST = 20

BY_START = Order((Key(F("start_at"), "start_at"), Key(F("id"), "id")))


# Note [Cursors]
# A cursor is a position, signed. The salt of the signature names the list, the person and the filters it belongs to, so
# that a cursor of another list fails like a forged one, with 400. The payload begins with its version: a cursor that an
# earlier release signed is refused with 410, and the client begins again. Times are text in it; the reader knows which
# values they are. Only a cursor with a long list is compressed: for a short one that takes as long as all the rest.


class CursorExpired(APIException):
    """What this cursor began with is gone, or an earlier release made it. Start again without a cursor."""

    status_code = 410
    default_detail = "What this cursor began with is gone. Start again without a cursor."
    default_code = "gone"


def encode(values: Sequence[Any], *, scope: Sequence[object], version: int = 1) -> str:
    """Return a cursor for a position: numbers, aware datetimes, text and lists of text. See Note [Cursors]."""
    plain = [version, *(value.isoformat() if isinstance(value, datetime) else value for value in values)]
    is_long = any(type(value) is list and len(value) > _LONG_LIST for value in plain)
    return _signer(scope).sign_object(plain, compress=is_long)


def decode(cursor: str, *, scope: Sequence[object], version: int = 1) -> list[Any]:
    """Return the values of a cursor, times as text.

    ValidationError for one that is not of this scope, CursorExpired for one of another version.
    """
    try:
        payload: list[Any] = _signer(scope).unsign_object(cursor)
    except (signing.BadSignature, ValueError) as error:
        message = "This cursor is not of this list, user and filters. Start again without one."
        raise ValidationError({"cursor": [message]}) from error
    if type(payload[0]) is not int or payload[0] != version:
        raise CursorExpired
    return payload[1:]


def moment(text: str) -> datetime:
    """Return the time that a cursor holds."""
    return datetime.fromisoformat(text).astimezone(UTC)


def _signer(scope: Sequence[object]) -> signing.Signer:
    salt = "cursor:" + repr([None if part is None else str(part) for part in scope])
    # Not the colon that is usual: an address holds it as %3A, and each character is looked at for its sake.
    return signing.Signer(salt=salt, sep=".")


def next_address(path: str, parameters: dict[str, Any], cursor: str) -> str:
    """Return the address of the page that a cursor leads to."""
    kept = {name: _as_sent(value) for name, value in parameters.items() if name != "cursor" and value is not None}
    # No character of a cursor has to be written in another way.
    return f"{path}?{urlencode(kept)}{'&' if kept else ''}cursor={cursor}"


def _as_sent(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if value is True:
        return "true"
    return ",".join(map(str, value)) if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Page(Generic[Row]):
    """A stretch of a list, and the cursor that leads on; None at the end."""

    rows: tuple[Row, ...]
    cursor: str | None


def page_of(rows: QuerySet[Row], order: Order, *, limit: int, cursor: str | None, scope: Sequence[object]) -> Page[Row]:
    """Return the page after a cursor, the first without one; the order's keys are a time and an id.

    ValidationError for a cursor that is not of this scope.
    """
    ordered = order.sorted(rows)
    if cursor is not None:
        time, number = decode(cursor, scope=scope)
        ordered = order.after(ordered, (moment(time), number))
    # One more than the page shows whether another follows.
    following = list(ordered[: limit + 1])
    shown = tuple(following[:limit])
    more: Any = encode(order.position_of(shown[-1]), scope=scope) if len(following) > limit else None
    return Page(shown, more)
