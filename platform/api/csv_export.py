"""Rows as CSV: any number of them, safe to open in a spreadsheet."""

import csv
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from django.db.models import QuerySet

from api.text_rules import INVISIBLE

_CHUNK = 2_000
# A cell that begins so is a formula to a spreadsheet, after white space or invisible characters, too. Full-width signs
# are taken for the others by some. Source: OWASP, CSV Injection.
_FORMULA = "=+\\-@＝＋－＠"
# Where a spreadsheet may begin a cell if it is told, or guesses, another delimiter or quote than ours.
_BREAK = r",;|\"\u0000-\u001F\u007F-\u009F\u2028\u2029"
_UNSEEN = f"(?![{_BREAK}])[{INVISIBLE}]"
_BEGINS_FORMULA = re.compile(rf"[\t\r\n]|(?:[{_BREAK}]|{_UNSEEN})*[{_FORMULA}]")
_FORMULA_WITHIN = re.compile(rf"(?<=[{_BREAK}])(?=(?:{_UNSEEN})*[{_FORMULA}])")
# By it spreadsheets know UTF-8.
_BYTE_ORDER_MARK = "\ufeff"


def csv_of(rows: QuerySet[Any, Any], columns: Sequence[str]) -> Iterator[bytes]:
    """Yield the rows by their integer keys, with a head of the columns' names, as UTF-8.

    Read in chunks by key, each by a statement of its own, so that none takes long and nobody holds a cursor open; what
    is written meanwhile may be in it or not.
    """
    yield _lines([columns], before=_BYTE_ORDER_MARK)
    rest = ordered = rows.order_by("pk")
    while True:
        chunk = list(rest.values_list("pk", *columns)[:_CHUNK])
        if chunk:
            yield _lines([[cell_of(value) for value in row[1:]] for row in chunk])
        if len(chunk) < _CHUNK:
            return
        rest = ordered.filter(pk__gt=chunk[-1][0])


def cell_of(value: Any) -> str | int | float:
    """Return a value as a cell: times in UTC, lists parted by commas.

    What could be a formula gets an apostrophe before it, also inside a text where another delimiter would begin a cell.
    Numbers stay numbers: a negative one is no formula.
    """
    if value is None:
        return ""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value
    if isinstance(value, datetime):
        return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    guarded = _FORMULA_WITHIN.sub("'", text)
    return f"'{guarded}" if _BEGINS_FORMULA.match(text) else guarded


def _lines(rows: Sequence[Sequence[Any]], *, before: str = "") -> bytes:
    text = StringIO()
    csv.writer(text).writerows(rows)
    return (before + text.getvalue()).encode()
