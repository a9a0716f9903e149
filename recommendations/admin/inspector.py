"""The feed inspector: a user's feed with places, values and reasons, for one or two rankers."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from rest_framework.exceptions import ValidationError

from api.keyset import CursorExpired
from recommendations.admin.forms import InspectorForm
from recommendations.feed.ranking import RANKERS
from recommendations.feed.viewer import FILTER_NAMES, viewer_of
from recommendations.inspection import DEPTH, Asked, inspection_of
from users.models import User


def inspector(request: HttpRequest, owner: User, context: dict[str, Any]) -> HttpResponse:
    """Show a page of the feed; 400 with error messages for bad parameters."""
    form = InspectorForm(request.GET)
    faults, asked, inspection = form.faults, None, None
    if not faults:
        cleaned = form.cleaned_data
        viewer = viewer_of(owner, cleaned["now"] or timezone.now())
        beside = RANKERS.get(cleaned["beside"]) if cleaned["beside"] != cleaned["ranker"] else None
        asked = Asked(viewer, RANKERS[cleaned["ranker"]], beside, cleaned["filters"])
        try:
            inspection = inspection_of(asked, limit=cleaned["limit"], cursor=cleaned["cursor"] or None)
        except (ValidationError, CursorExpired):
            faults = ["This page belongs to another feed, or has expired. Start again with the first page."]
    kept = request.GET.copy()
    kept.pop("cursor", None)
    context |= {
        "title": f"Feed of {owner.get_username()}",
        "owner": owner,
        "form": form,
        "errors": faults,
        "asked": asked,
        "inspection": inspection,
        "depth": DEPTH,
        "begins": "cursor" not in request.GET,
        "kept": kept.urlencode(),
        # The filters and the time, for the links to one event.
        "look": {name: value for name, value in kept.items() if name in (*FILTER_NAMES, "now") and value},
    }
    return TemplateResponse(request, "admin/recommendations/feed.html", context, status=400 if faults else 200)
