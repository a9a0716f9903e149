"""Base classes of the admin's pages: no lookups of hidden columns, no lost updates, estimated counts, export as CSV."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any, ClassVar, TypeVar

import orjson
from django import forms
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.core.paginator import Paginator
from django.db import connection
from django.db.models import Model, QuerySet
from django.db.models.constants import LOOKUP_SEP
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.text import capfirst

from api.csv_export import csv_of

Row = TypeVar("Row", bound=Model)

# Up to so many rows are counted, and can be paged to: an OFFSET reads all that it skips.
COUNTED = 10_000


class ChangedFieldsForm(forms.ModelForm[Row]):
    """A form that saves only what was changed in it, and refuses a field that somebody else changed meanwhile.

    Each field has a hidden copy of what it was when the form was opened (Django's show_hidden_initial). Without these
    in what is sent, as from a script, what is stored counts as that.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what Django gives."""
        super().__init__(*args, **kwargs)
        has_copies = not self.is_bound or any(name.startswith(self.add_initial_prefix("")) for name in self.data)
        for field in self.fields.values():
            # Not of a disabled field: it cannot be changed, and the password's would be the hash.
            field.show_hidden_initial = has_copies and not self.instance._state.adding and not field.disabled

    def clean(self) -> dict[str, Any]:
        """Return the values of the fields that were changed; a ValidationError for each that somebody else changed."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if self.instance._state.adding:
            return cleaned
        changed = set(self.changed_data)
        for name in [name for name in cleaned if name in changed and self._is_outdated(name)]:
            mine, theirs = _words(cleaned[name]), _words(self._stored(name))
            self.add_error(
                name,
                f"Somebody else has changed this to “{theirs}” since you opened the page. You gave “{mine}”. "
                "Nothing was saved: open the page again, and change it there if you still want to.",
            )
        # What is left out keeps the value that the instance was loaded with.
        return {name: value for name, value in cleaned.items() if name in changed}

    def _is_outdated(self, name: str) -> bool:
        """Return whether a field was changed by somebody else, to something else than it was changed to here."""
        bound = self[name]
        if not bound.field.show_hidden_initial:
            return False
        opened_with = bound.field.hidden_widget().value_from_datadict(self.data, self.files, bound.html_initial_name)
        return bound.field.has_changed(bound.initial, opened_with) and bound.field.has_changed(
            bound.initial, bound.data
        )

    def _stored(self, name: str) -> Any:
        """Return what is stored, of references the rows that they refer to."""
        stored = self[name].initial
        field = self.fields[name]
        # Of one row the form has the key, of several the rows.
        is_key = isinstance(field, forms.ModelChoiceField) and not isinstance(field, forms.ModelMultipleChoiceField)
        return field.to_python(stored) if is_key else stored


class ModelAdmin(admin.ModelAdmin[Row]):
    """An admin that answers no question about columns that it does not show, and locks what it saves."""

    form: type[forms.ModelForm[Any]] = ChangedFieldsForm
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
        row = super().get_object(request, object_id, from_field)
        if row is None or request.method != "POST" or not connection.in_atomic_block:
            return row
        rows = self.model._base_manager.filter(pk=row.pk).order_by("pk")
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


class ReadOnlyAdmin(ModelAdmin[Row]):
    """Rows that nobody adds, changes or deletes by hand, whatever permission they hold."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False


class Estimate(int):
    """A number that the planner estimates, and that says so wherever it is shown."""

    def __str__(self) -> str:
        return f"~{int(self):,} (estimated)"


class EstimatingPaginator(Paginator[Any]):
    """Pages of a queryset that is counted as far as pages reach; `count` is an Estimate beyond that.

    The estimate is the planner's own for the very statement, from the statistics that ANALYZE keeps. Pages end after
    COUNTED rows: who wants a later one narrows the list.
    """

    object_list: QuerySet[Any, Any]

    @cached_property
    def count(self) -> int:
        """How many rows there are, by one statement, or two if there are more than are counted."""
        rows = self.object_list.order_by()
        counted = rows[: COUNTED + 1].count()
        if counted <= COUNTED:
            return counted
        (plan,) = orjson.loads(rows.explain(format="json"))
        return Estimate(max(plan["Plan"]["Plan Rows"], counted))

    @cached_property
    def num_pages(self) -> int:
        """How many pages can be turned to."""
        return max(1, -(-min(self.count, COUNTED) // self.per_page))


class LongListAdmin(ModelAdmin[Row]):
    """A list that may have millions of rows."""

    paginator = EstimatingPaginator
    # Each would count all there are.
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    actions: tuple[str, ...] = ("export_as_csv",)
    # The columns of the export, as values() takes them.
    export_columns: tuple[str, ...] = ()

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_as_csv(self, request: HttpRequest, queryset: QuerySet[Any, Any]) -> StreamingHttpResponse:
        """Answer with the rows that were chosen, all of the filtered ones if these were."""
        answer = StreamingHttpResponse(csv_of(queryset, self.export_columns), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{self.opts.model_name}s.csv"'
        return answer


def _words(value: Any) -> str:
    """Return a field's value as an error names it."""
    if isinstance(value, QuerySet | list | tuple | set):
        return ", ".join(map(str, value)) or "nothing"
    return "nothing" if value in (None, "") else str(value)
