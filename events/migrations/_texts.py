"""The rules for text as of 0.2, and what becomes of texts of 0.1 that break them.

Shared by the migrations of several apps and, like them, never changed; platform/api/text_rules.py has the current rules.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from django.db import models, transaction
from django.db.models import F, Q, Value

from api.constraints import AnyMatches

_BATCH = 5_000

_FORBIDDEN = r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069"
_INVISIBLE = (
    r"\u0000-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F"
    r"\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A"
    r"\U000E0000-\U000E0FFF"
)
INVALID = f"[{_FORBIDDEN}]|^[{_INVISIBLE}]+$"
BLANK = f"^[{_INVISIBLE}]*$"
WEB_ADDRESS = rf"^[Hh][Tt][Tt][Pp][Ss]?://[^{_INVISIBLE}/?#@\\]+([/?#]|$)"
_CREDENTIALS = rf"^([Hh][Tt][Tt][Pp][Ss]?://)[^{_INVISIBLE}/?#\\]*@"


def valid_texts(*fields: str, arrays: tuple[str, ...] = (), name: str) -> models.CheckConstraint:
    """Return the constraint on the texts of a table."""
    condition = Q()
    for field in fields:
        condition &= ~Q(**{f"{field}__regex": INVALID})
    for field in arrays:
        condition &= ~Q(AnyMatches(F(field), Value(INVALID)))
    told = ", ".join((*fields, *arrays))
    return models.CheckConstraint(
        condition=condition,
        name=name,
        violation_error_message="Control characters, ones that change the direction of text, and texts without a "
        f"visible character cannot be stored: {told}.",
    )


def not_blank(field: str, *, name: str) -> models.CheckConstraint:
    """Return the constraint on a text that needs a visible character."""
    return models.CheckConstraint(
        condition=~Q(**{f"{field}__regex": BLANK}), name=name, violation_error_message=f"{field} must not be blank."
    )


def invalid(*fields: str, arrays: tuple[str, ...] = ()) -> Q:
    """Return the condition that any of these texts breaks the rules."""
    condition = Q()
    for field in fields:
        condition |= Q(**{f"{field}__regex": INVALID})
    for field in arrays:
        condition |= Q(AnyMatches(F(field), Value(INVALID)))
    return condition


def clean_rows(model: type[models.Model], dirty: Q, clean: Callable[[Any], None]) -> None:
    """Clean the dirty rows of a table, each batch of its keys in a transaction of its own."""
    rows: Any = model._default_manager.order_by("pk")
    last = None
    while True:
        keys = rows if last is None else rows.filter(pk__gt=last)
        batch = list(keys.values_list("pk", flat=True)[:_BATCH])
        if not batch:
            return
        last = batch[-1]
        with transaction.atomic():
            for row in rows.filter(dirty, pk__gte=batch[0], pk__lte=last).select_for_update():
                clean(row)
                row.save()


def cleaned(text: str) -> str:
    """Return a text without forbidden characters; empty if nothing visible is left."""
    text = re.sub(f"[{_FORBIDDEN}]", "", text)
    return "" if re.search(BLANK, text) else text


def cleaned_id(text: str) -> str:
    """Return an id with forbidden characters escaped as in a URL, so that different ids stay different."""
    escaped = re.sub(f"[{_FORBIDDEN}]", lambda found: quote(found[0]), text)
    return quote(escaped) if escaped and re.search(BLANK, escaped) else escaped


def cleaned_url(url: str) -> str | None:
    """Return an http or https address without user name and password; None for any other."""
    bare = re.sub(_CREDENTIALS, r"\1", cleaned(url).strip())
    return bare if re.search(WEB_ADDRESS, bare) else None


def unused(row: Any, field: str, wanted: str, longest: int) -> str:
    """Return a value for a unique field: the wanted one, with the row's key behind it if another row has it."""
    others = type(row)._default_manager.exclude(pk=row.pk)
    end = f"-{row.pk}"
    candidates = (wanted, wanted[: longest - len(end)] + end, uuid4().hex)
    return next(
        value for value in candidates if len(value) <= longest and not others.filter(**{field: value}).exists()
    )
