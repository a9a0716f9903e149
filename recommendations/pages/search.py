"""The page of the search: results with why, what was understood of the query, and what helps on."""

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from events.models import Event
from recommendations.feed.viewer import Viewer, viewer_of
from recommendations.pages.cards import Card, cards_for, zone_of
from recommendations.pages.hiding import hidden_mute
from recommendations.pages.refusals import with_refusals
from recommendations.search.pages import SearchPage, search_page
from recommendations.search.serializers import SearchParameters
from users.visitors import open_to_visitors, page_user

_QUERY_MAX = 200


@gzip_page
@require_safe
@with_refusals
@open_to_visitors
@ensure_csrf_cookie
def search(request: HttpRequest) -> HttpResponse:
    """Show what is like the query."""
    viewer, zone = viewer_of(page_user(request), timezone.now()), zone_of(request)
    parameters = _parameters(request.GET)
    context: dict[str, Any] = {"q": parameters.get("q", ""), "is_first": "cursor" not in parameters}
    context["hidden"] = hidden_mute(request, viewer.user)
    if "q" in parameters:
        page = search_page(viewer, parameters.get("timeZone", zone), request.path, parameters)
        context |= {
            "cards": _cards(page, viewer),
            "next": page.next,
            "terms": [(term.words, _address(page.search.query.without(term))) for term in page.search.query.terms],
            "spelling": [(wrong, right) for wrong, right in page.ranking.corrections.items() if right],
            "others": [(other.text, _address(other.q)) for other in page.help.suggestions] if page.help else [],
            "nearest": cards_for(page.help.nearest, viewer, zone) if page.help else [],
        }
    return render(request, "page/search.html", context)


def _parameters(sent: QueryDict) -> dict[str, Any]:
    """Return the validated parameters; empty ones, which a form sends, and what no search knows are left out."""
    known = SearchParameters().fields
    written = {name: str(value).replace("\0", "").strip() for name, value in sent.dict().items() if name in known}
    written["q"] = written.get("q", "")[:_QUERY_MAX]
    written = {name: value for name, value in written.items() if value}
    # Without a query there is nothing to validate the others for.
    return dict(SearchParameters().run_validation(written)) if "q" in written else {}


def _address(q: str) -> str:
    return f"?{urlencode({'q': q})}"


def _cards(page: SearchPage, viewer: Viewer) -> list[Card]:
    reasons = {
        result.event.pk: [
            {"signal": reason.signal, "text": reason.text.capitalize()}
            for reason in result.reasons
            # What was asked for stands above all results.
            if reason.signal != "filter"
        ]
        for result in page.results
    }
    events: list[Event] = []
    for result in page.results:
        result.event.more_dates = result.more_dates
        events.append(result.event)
    return cards_for(events, viewer, page.search.query.zone, reasons_of=lambda event: reasons[event.pk])
