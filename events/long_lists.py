"""This file holds what the admin's lists have in common: estimated counts, and export as CSV."""

from typing import Any, TypeVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest, StreamingHttpResponse

from events.estimates import EstimatingPaginator
from events.exporting import csv_of
from events.model_admin import ModelAdmin

Row = TypeVar("Row", bound=Model)


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
