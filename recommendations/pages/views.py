"""The pages of the feed: request, viewer, filters, page of the feed, cards, HTML."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from events.categories import Category
from events.models import Event
from recommendations.feed.pagination import feed_page
from recommendations.feed.reasons import Reason, reasons_for
from recommendations.feed.viewer import Viewer, viewer_of
from recommendations.pages.actions import dismissed_event
from recommendations.pages.cards import cards_for, zone_of
from recommendations.pages.chips import Chips
from recommendations.pages.hiding import hidden_mute
from recommendations.pages.refusals import with_refusals
from recommendations.pages.saved import saved_cards
from recommendations.pages.sections import SAVED, UPCOMING_DAYS, Selection
from users.visitors import open_to_visitors, page_user


def viewer_from(request: HttpRequest) -> Viewer:
    """Return who looks at a page now."""
    return viewer_of(page_user(request), timezone.now())


@gzip_page
@require_safe
@with_refusals
@open_to_visitors
@ensure_csrf_cookie
def feed(request: HttpRequest) -> HttpResponse:
    """Show a section; without a name, this weekend."""
    viewer, zone = viewer_from(request), zone_of(request)
    selection = Selection.of(request.GET.dict(), viewer)
    section = selection.section
    is_first = "cursor" not in selection.parameters
    context: dict[str, Any] = {
        "section": section,
        "selection": selection,
        "span": selection.span(viewer.now, zone),
        "categories": Category.choices,
        "is_first": is_first,
        "dismissed": dismissed_event(request, viewer.user),
        "hidden": hidden_mute(request, viewer.user),
    }
    if section is SAVED:
        if viewer.user is None:
            return redirect_to_login(request.get_full_path())
        ahead, past = saved_cards(viewer, zone)
        return render(request, "page/saved.html", context | {"cards": ahead or past, "ahead": ahead, "past": past})
    page = feed_page(viewer, section.ranker, request.path, selection.feed_parameters(viewer.now, zone))

    def reasons_of(event: Event) -> Iterable[Reason]:
        return reasons_for(event, page.feed.ranker)

    context["cards"] = cards_for(page.events, viewer, zone, reasons_of=reasons_of)
    context["days"] = section is UPCOMING_DAYS
    context["next"] = page.next
    # The modules take nothing but the cards from further pages.
    context["chips"] = Chips(selection, viewer, zone) if is_first else None
    return render(request, "page/feed.html", context)
