"""This file holds the pages of a plain list, one that has a single order."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

from events.keyset import Order, decode, encode, moment

Row = TypeVar("Row", bound=Model)


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
    found = list(ordered[: limit + 1])
    shown = tuple(found[:limit])
    more: Any = encode(order.position_of(shown[-1]), scope=scope) if len(found) > limit else None
    return Page(shown, more)
