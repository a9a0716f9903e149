"""The base class of the admin's pages: no answers about hidden columns, and rows locked while their form is saved."""

from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, TypeVar

from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest
from django.utils.text import capfirst

Row = TypeVar("Row", bound=Model)


class ModelAdmin(admin.ModelAdmin[Row]):
    """An admin that answers no question about columns that it does not show, and locks what it saves."""

    # Lookups across relations that may filter the list, besides those of list_filter.
    allowed_lookups: ClassVar[tuple[str, ...]] = ()

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        """Allow the columns that the pages show, the list's filters and `allowed_lookups`, and nothing else.

        Django allows every local column, and of related rows their keys and whether there are any.
        """
        if not super().lookup_allowed(lookup, value, request):
            return False
        if lookup in self.allowed_lookups or lookup.split(LOOKUP_SEP)[0] in self.list_filter:
            return True
        try:
            field = self.opts.get_field(lookup.split(LOOKUP_SEP)[0])
        except FieldDoesNotExist:
            # A parameter of a filter, the key as `pk`, or nothing, which Django answers.
            return True
        return not field.is_relation and field.name in self._shown_columns()

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Row | None:
        """Return the row of a page, locked while a form is saved.

        What the form is validated with cannot change before it is written, and a row that is deleted meanwhile is not
        written anew.
        """
        found = super().get_object(request, object_id, from_field)
        if found is None or request.method != "POST" or not connection.in_atomic_block:
            return found
        rows = self.model._base_manager.filter(pk=found.pk).order_by("pk")
        if rows.select_for_update(no_key=True).first() is None:
            return None
        # Whoever held the lock may have changed it.
        return super().get_object(request, object_id, from_field)

    def get_deleted_objects(
        self, objs: QuerySet[Row] | Sequence[Row], request: HttpRequest
    ) -> tuple[list[Any], dict[Any, Any], set[Any], list[Any]]:
        """Return the names of what is deleted; of what goes with it only numbers: a token's name has its digest."""
        _, numbers, permissions_needed, protected = super().get_deleted_objects(objs, request)
        return (
            [f"{capfirst(str(row._meta.verbose_name))}: {row}" for row in objs], numbers, permissions_needed, protected,
        )  # fmt: skip

    def _shown_columns(self) -> set[str]:
        if self.fieldsets:
            fields: Iterable[Any] = flatten_fieldsets(self.fieldsets)
        else:
            fields = self.fields or [field.name for field in self.opts.concrete_fields]
        return {*map(str, fields), *map(str, self.list_display)}
