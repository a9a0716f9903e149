"""This file holds the admin of training runs: looked at, never edited, and made to serve by one click."""

import json
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import BooleanField, Case, QuerySet, Subquery, Value, When
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from events.read_only import ReadOnlyAdmin
from events.typed import typed_id
from recommendations.activation import CannotServe, activate
from recommendations.models import Run

_LIST = "admin:recommendations_run_changelist"


@admin.register(Run)
class RunAdmin(ReadOnlyAdmin[Run]):
    """Runs, the latest first, with how well each ranked what people then chose; who may change them makes one serve."""

    list_display = ("__str__", "finished_at", "hybrid", "heuristic", "active_then", "people", "serves")
    ordering = ("-id",)
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    actions = None
    fields = (
        "cutoff", "began_at", "finished_at", "activated_at", "seed", "fingerprint", "model_sha256", "told_metrics",
        "told_parameters",
    )  # fmt: skip
    change_list_template = "admin/recommendations/run/change_list.html"
    change_form_template = "admin/recommendations/run/change_form.html"

    def get_urls(self) -> list[URLPattern]:
        """Return the pages, with the two that make a run serve."""
        return [
            path("previous/", self.admin_site.admin_view(self.previous_view), name="recommendations_run_previous"),
            path(
                "<path:object_id>/activate/",
                self.admin_site.admin_view(self.activate_view),
                name="recommendations_run_activate",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        """Return the runs without what is long; each knows whether it serves, and whether the reader may let it."""
        active = Run.objects.activated().values("pk")[:1]
        serving = Case(When(pk=Subquery(active), then=True), default=False, output_field=BooleanField())
        return Run.objects.listed().annotate(serving=serving, may_activate=Value(_may_activate(request)))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with the figures over time."""
        served = list(Run.objects.listed().activated()[:2])
        context = {"title": "Runs", "may_activate": _may_activate(request), "active": next(iter(served), None)}
        return super().changelist_view(request, {**context, "previous": served[1] if len(served) > 1 else None})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a run."""
        active = Run.objects.listed().active()
        context = {"may_activate": _may_activate(request), "active": active}
        return super().change_view(request, object_id, form_url, context)

    def activate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Let a run serve; by POST, for whoever may change runs."""
        number = typed_id(unquote(object_id))
        return self._activated(request, None if number is None else Run.objects.filter(pk=number).first())

    def previous_view(self, request: HttpRequest) -> HttpResponse:
        """Let the run serve that served before the active one."""
        return self._activated(request, Run.objects.previous())

    def _activated(self, request: HttpRequest, run: Run | None) -> HttpResponse:
        if not _may_activate(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if run is None:
            raise Http404
        try:
            with transaction.atomic():
                activate(run, timezone.now())
                LogEntry.objects.log_actions(
                    str(request.user.pk), [run], CHANGE, [{"changed": {"fields": ["Activated at (it serves now)"]}}]
                )
        except CannotServe as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{run} serves from now on.", messages.SUCCESS)
        return redirect(_LIST)

    @admin.display(description="NDCG@10")
    def hybrid(self, run: Run) -> str:
        """Return how the trial's re-ranker did."""
        return _told(run, "hybrid")

    @admin.display(description="of the heuristic")
    def heuristic(self, run: Run) -> str:
        """Return how the heuristic did on the same people."""
        return _told(run, "heuristic")

    @admin.display(description="of the run active then")
    def active_then(self, run: Run) -> str:
        """Return how the run that served did on the same people."""
        return _told(run, "active")

    @admin.display(description="people")
    def people(self, run: Run) -> str:
        """Return on how many people."""
        results = run.metrics.get("ndcg_at_10", {})
        return f"{max((result['people'] for result in results.values()), default=0):,}"

    @admin.display(description="serves")
    def serves(self, run: Run) -> str | SafeString:
        """Return whether it serves, and the way to let it."""
        if getattr(run, "serving", False):
            return "yes"
        if not getattr(run, "may_activate", False):
            return "no"
        address = reverse("admin:recommendations_run_activate", args=[run.pk])
        words = "Let it serve again" if run.activated_at else "Let it serve"
        return format_html('<button class="run-button" formaction="{}">{}</button>', address, words)

    @admin.display(description="metrics")
    def told_metrics(self, run: Run) -> SafeString:
        """Return the metrics as they are stored."""
        return format_html("<pre>{}</pre>", json.dumps(run.metrics, indent=1))

    @admin.display(description="parameters")
    def told_parameters(self, run: Run) -> SafeString:
        """Return the parameters as they are stored."""
        return format_html("<pre>{}</pre>", json.dumps(run.parameters, indent=1))


def _may_activate(request: HttpRequest) -> bool:
    return request.user.has_perm("recommendations.change_run")


def _told(run: Run, ranker: str) -> str:
    value = run.metrics.get("ndcg_at_10", {}).get(ranker, {}).get("all")
    return "—" if value is None else f"{value:.3f}"
