"""Explanations of events that are not in a feed: the rules that exclude them, and the change that would help."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from interactions.recording import UnknownEvent
from recommendations.admin.forms import WhyNotForm
from recommendations.explain.counterfactual import FIRST_PAGE
from recommendations.explain.explanation import explanation_of
from recommendations.feed.ranking import RANKERS
from recommendations.feed.reasons import reason_texts
from recommendations.feed.viewer import viewer_of
from users.models import User


def why_not(request: HttpRequest, owner: User, context: dict[str, Any]) -> HttpResponse:
    """Show the explanation; 400 with error messages for bad parameters, 404 for an unknown event."""
    form, status = WhyNotForm(request.GET), 200
    faults, explanation = form.faults if "event" in request.GET else [], None
    if faults:
        status = 400
    elif "event" in request.GET:
        cleaned = form.cleaned_data
        viewer = viewer_of(owner, cleaned["now"] or timezone.now())
        ranker = RANKERS[cleaned["ranker"]]
        try:
            explanation = explanation_of(cleaned["event"], viewer, ranker, cleaned["filters"])
        except UnknownEvent:
            faults, status = [f"There is no event {cleaned['event']}."], 404
    context |= {
        "title": f"Why not this event? Feed of {owner.get_username()}",
        "owner": owner,
        "form": form,
        "errors": faults,
        "explanation": explanation,
        "reasons": reason_texts(explanation.reasons) if explanation else [],
        "first_page": FIRST_PAGE,
    }
    return TemplateResponse(request, "admin/recommendations/why_not.html", context, status=status)
