"""The admin of training runs, which are read-only apart from being activated."""

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
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from api.admin import ReadOnlyAdmin
from api.fields import typed_id
from recommendations.models import CannotActivate, TrainingRun

_LIST = "admin:recommendations_trainingrun_changelist"


@admin.register(TrainingRun)
class TrainingRunAdmin(ReadOnlyAdmin[TrainingRun]):
    """Training runs, the latest first, with their metrics; staff who may change them can activate one."""

    list_display = ("__str__", "finished_at", "hybrid", "heuristic", "active_then", "people", "active")
    ordering = ("-id",)
    sortable_by = ()
    list_per_page = 50
    show_full_result_count = False
    actions = None
    fields = (
        "cutoff", "began_at", "finished_at", "activated_at", "seed", "fingerprint", "model_sha256", "metrics_json",
        "parameters_json",
    )  # fmt: skip

    def get_urls(self) -> list[URLPattern]:
        """Return the pages, with the two that activate a run."""
        return [
            path(
                "previous/", self.admin_site.admin_view(self.previous_view), name="recommendations_trainingrun_previous"
            ),
            path(
                "<path:object_id>/activate/",
                self.admin_site.admin_view(self.activate_view),
                name="recommendations_trainingrun_activate",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[TrainingRun]:
        """Return the runs without their models, each with `is_active` and `may_activate`."""
        active = TrainingRun.objects.activated().values("pk")[:1]
        is_active = Case(When(pk=Subquery(active), then=True), default=False, output_field=BooleanField())
        runs = TrainingRun.objects.without_model()
        return runs.annotate(is_active=is_active, may_activate=Value(_may_activate(request)))

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list, with the metrics over time."""
        active, previous, *_ = [*TrainingRun.objects.without_model().activated()[:2], None, None]
        context = {
            "title": "Training runs",
            "may_activate": _may_activate(request),
            "active": active,
            "previous": previous,
        }
        return super().changelist_view(request, context)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a run."""
        active = TrainingRun.objects.without_model().active()
        context = {"may_activate": _may_activate(request), "active": active}
        return super().change_view(request, object_id, form_url, context)

    def activate_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Activate a run; by POST, for staff who may change runs."""
        number = typed_id(unquote(object_id))
        return self._activated(request, None if number is None else TrainingRun.objects.filter(pk=number).first())

    def previous_view(self, request: HttpRequest) -> HttpResponse:
        """Activate the run that was active before the active one."""
        return self._activated(request, TrainingRun.objects.previous())

    def _activated(self, request: HttpRequest, run: TrainingRun | None) -> HttpResponse:
        if not _may_activate(request):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if run is None:
            raise Http404
        better = _rankers_better_than(run)
        if better and "confirmed" not in request.POST:
            return self._confirmation(request, run, better)
        try:
            with transaction.atomic():
                run.activate(timezone.now())
                LogEntry.objects.log_actions(
                    str(request.user.pk), [run], CHANGE, [{"changed": {"fields": ["Activated at (it is active now)"]}}]
                )
        except CannotActivate as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"{run} is active from now on.", messages.SUCCESS)
        return redirect(_LIST)

    def _confirmation(self, request: HttpRequest, run: TrainingRun, better: list[str]) -> HttpResponse:
        """Ask whether a run is to be activated although its holdout showed it to be worse."""
        context = {
            **self.admin_site.each_context(request),
            "title": "Activate a run that is worse?",
            "opts": self.opts,
            "media": self.media,
            "run": run,
            "ndcg": _ndcg(run, "hybrid"),
            "people": self.people(run),
            "better": better,
        }
        return TemplateResponse(request, "admin/recommendations/trainingrun/activate_confirmation.html", context)

    @admin.display(description="NDCG@10")
    def hybrid(self, run: TrainingRun) -> str:
        """Return the NDCG@10 of the re-ranker that was trained without the held-out window."""
        return _ndcg(run, "hybrid")

    @admin.display(description="of the heuristic")
    def heuristic(self, run: TrainingRun) -> str:
        """Return the NDCG@10 of the heuristic for the same people."""
        return _ndcg(run, "heuristic")

    @admin.display(description="of the run active then")
    def active_then(self, run: TrainingRun) -> str:
        """Return the NDCG@10 of the run that was active then, for the same people."""
        return _ndcg(run, "active")

    @admin.display(description="people")
    def people(self, run: TrainingRun) -> str:
        """Return the number of people that it was measured on."""
        results = run.metrics.get("ndcg_at_10", {})
        return f"{max((result['people'] for result in results.values()), default=0):,}"

    @admin.display(description="active")
    def active(self, run: TrainingRun) -> str | SafeString:
        """Return whether it is active, or a button to activate it."""
        if getattr(run, "is_active", False):
            return "yes"
        if not getattr(run, "may_activate", False):
            return "no"
        url = reverse("admin:recommendations_trainingrun_activate", args=[run.pk])
        label = "Activate again" if run.activated_at else "Activate"
        return format_html('<button class="run-button" formaction="{}">{}</button>', url, label)

    @admin.display(description="metrics")
    def metrics_json(self, run: TrainingRun) -> SafeString:
        """Return the metrics as they are stored."""
        return format_html("<pre>{}</pre>", json.dumps(run.metrics, indent=1))

    @admin.display(description="parameters")
    def parameters_json(self, run: TrainingRun) -> SafeString:
        """Return the parameters as they are stored."""
        return format_html("<pre>{}</pre>", json.dumps(run.parameters, indent=1))


def _may_activate(request: HttpRequest) -> bool:
    return request.user.has_perm("recommendations.change_trainingrun")


def _rankers_better_than(run: TrainingRun) -> list[str]:
    """Return what ranked better than a run on its holdout, each with its NDCG@10; nothing if it wasn't measured."""
    mine = _ndcg_value(run, "hybrid")
    rankers = (("the heuristic", "heuristic"), ("the run active then", "active"))
    values = [(label, ranker, _ndcg_value(run, ranker)) for label, ranker in rankers]
    return [
        f"{label} {_ndcg(run, ranker)}"
        for label, ranker, value in values
        if mine is not None and value is not None and value > mine
    ]


def _ndcg_value(run: TrainingRun, ranker: str) -> float | None:
    value: float | None = run.metrics.get("ndcg_at_10", {}).get(ranker, {}).get("all")
    return value


def _ndcg(run: TrainingRun, ranker: str) -> str:
    value = _ndcg_value(run, ranker)
    return "—" if value is None else f"{value:.3f}"
