"""This file holds the conditions that several models put on their rows, as database constraints."""

from typing import Any

from django.db.models import BooleanField, CheckConstraint, F, Func, Q


class IsCanonicalCategory(Func):
    """Say whether a column holds a category in canonical form. See Note [Canonical categories]."""

    function = "is_canonical_category"
    output_field = BooleanField()


class IsCanonicalCategoryList(Func):
    """Say whether an array column holds canonical categories, each once. See Note [Canonical categories]."""

    function = "is_canonical_category_list"
    output_field = BooleanField()


def known(field: str, values: list[Any], *, name: str) -> CheckConstraint:
    """Allow the listed values only."""
    return CheckConstraint(condition=Q(**{f"{field}__in": values}), name=name)


def not_blank(field: str, *, name: str) -> CheckConstraint:
    """Refuse text that is empty or only white space."""
    return CheckConstraint(
        condition=~Q(**{f"{field}__regex": r"^\s*$"}), name=name, violation_error_message=f"{field} must not be blank."
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
