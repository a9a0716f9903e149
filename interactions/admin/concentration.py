"""The admin's page of events whose interactions come from few people."""

from datetime import timedelta
from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.views import View

from interactions.concentration import HIGH_PER_PERSON, HIGH_PERCENT, Concentration, TookTooLong, concentrations
from interactions.models import Interaction

_LIMIT = 100
_WINDOWS = {
    "day": ("24 hours", timedelta(hours=24)),
    "week": ("7 days", timedelta(days=7)),
    "month": ("30 days", timedelta(days=30)),
}
_DEFAULTS = {"window": "week", "at_least": "20"}


class ConcentrationForm(forms.Form):
    """What is looked at: how far back, and events with how many interactions."""

    window = forms.ChoiceField(label="In the last", choices=[(name, words) for name, (words, _) in _WINDOWS.items()])
    at_least = forms.IntegerField(label="events with at least", min_value=1, max_value=1_000_000)


class ConcentrationView(View):
    """Events that few people are behind, for staff who may view interactions."""

    http_method_names = ["get", "head", "options"]
    model_admin: admin.ModelAdmin[Interaction] | None = None

    def get(self, request: HttpRequest) -> HttpResponse:
        """Show them; 400 with a sentence for bad parameters, 503 with one if counting takes too long."""
        assert self.model_admin is not None
        if not self.model_admin.has_view_permission(request):
            raise PermissionDenied
        form = ConcentrationForm({**_DEFAULTS, **request.GET.dict()})
        rows: list[Concentration] = []
        errors, status, since = [], 200, None
        unknown = sorted(set(request.GET) - set(form.fields))
        if form.is_valid() and not unknown:
            since = timezone.now() - _WINDOWS[form.cleaned_data["window"]][1]
            try:
                rows = concentrations(since, at_least=form.cleaned_data["at_least"], limit=_LIMIT)
            except TookTooLong as error:
                errors, status = [str(error)], 503
        else:
            errors = [
                f"{form[name].label}: {message}" for name, messages in form.errors.items() for message in messages
            ]
            errors += [f"There is no parameter {name[:30]}." for name in unknown[:5]]
            status = 400
        context: dict[str, Any] = {
            **self.model_admin.admin_site.each_context(request),
            "title": "Interactions from few people",
            "opts": self.model_admin.opts,
            "form": form,
            "since": since,
            "rows": rows,
            "errors": errors,
            "limit": _LIMIT,
            "high_percent": HIGH_PERCENT,
            "high_per_person": HIGH_PER_PERSON,
        }
        return TemplateResponse(request, "admin/interactions/concentration.html", context, status=status)
