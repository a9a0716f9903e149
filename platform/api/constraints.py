"""Conditions that several models put on their rows, as database constraints."""

from collections.abc import Sequence
from typing import Any

from django.db.models import BooleanField, CheckConstraint, F, Func, Q, Value

from api.text_rules import BLANK, INVALID, WEB_ADDRESS


class IsCanonicalCategory(Func):
    """Say whether a column holds a category in canonical form. See Note [Canonical categories]."""

    function = "is_canonical_category"
    output_field = BooleanField()


class IsCanonicalCategoryList(Func):
    """Say whether an array column holds canonical categories, each once. See Note [Canonical categories]."""

    function = "is_canonical_category_list"
    output_field = BooleanField()


class AnyMatches(Func):
    """Whether any text of an array matches a pattern."""

    function = "any_matches"
    output_field = BooleanField()


def known(field: str, values: list[Any], *, name: str) -> CheckConstraint:
    """Allow the listed values only."""
    return CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def not_blank(field: str, *, name: str) -> CheckConstraint:
    """Refuse text without a visible character."""
    return CheckConstraint(
        condition=~Q(**{f"{field}__regex": BLANK}), name=name, violation_error_message=f"{field} must not be blank."
    )


def valid_texts(*fields: str, arrays: Sequence[str] = (), name: str) -> CheckConstraint:
    """Refuse text with control or bidirectional control characters, and text that is not empty but shows nothing.

    `arrays` are fields with many texts.
    """
    condition = Q()
    for field in fields:
        condition &= ~Q(**{f"{field}__regex": INVALID})
    for field in arrays:
        condition &= ~Q(AnyMatches(F(field), Value(INVALID)))
    return CheckConstraint(
        condition=condition,
        name=name,
        violation_error_message="Control characters, ones that change the direction of text, and texts without a "
        f"visible character cannot be stored: {', '.join((*fields, *arrays))}.",
    )


def web_address(field: str, *, name: str) -> CheckConstraint:
    """Allow http and https addresses without user name and password, and empty text."""
    return CheckConstraint(
        condition=Q(**{field: ""}) | Q(**{f"{field}__regex": WEB_ADDRESS}),
        name=name,
        violation_error_message=f"{field} must be a URL with http or https, without user name and password.",
    )


def coordinates(*, name: str) -> CheckConstraint:
    """Ask for latitude and longitude both or neither, in degrees within ±90 and ±180; NaN is out of range."""
    return CheckConstraint(
        condition=Q(latitude__isnull=True, longitude__isnull=True)
        | Q(latitude__isnull=False, longitude__isnull=False, latitude__range=(-90, 90), longitude__range=(-180, 180)),
        name=name,
        violation_error_message="Give latitude (-90 to 90) and longitude (-180 to 180), or neither.",
    )


def canonical_category(field: str, *, name: str) -> CheckConstraint:
    """Allow a category in canonical form only."""
    return CheckConstraint(condition=IsCanonicalCategory(F(field)), name=name)


def canonical_categories(field: str, *, name: str) -> CheckConstraint:
    """Allow a list of categories in canonical form, each once, only."""
    return CheckConstraint(condition=IsCanonicalCategoryList(F(field)), name=name)
