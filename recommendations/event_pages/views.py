"""The pages of events, organisers and venues, an event as a calendar, and the sitemap."""

from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.sitemaps import Sitemap
from django.contrib.sitemaps import views as sitemap_views
from django.http import Http404, HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import redirect, render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.utils.safestring import SafeString
from django.utils.text import Truncator
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from api.keyset import Page
from events.models import Event, Organiser
from events.serializers import EventSerializer
from events.times import span_in_words
from interactions.models import Interaction
from recommendations.addresses import event_path, organiser_path, venue_path
from recommendations.calendar_feed.ical import Entry, calendar_of
from recommendations.event_pages.page import event_page, events_at, events_of_organiser, state_of
from recommendations.event_pages.sitemaps import EventSitemap, OrganiserSitemap
from recommendations.event_pages.structured_data import event_as_json_ld, json_ld_element
from recommendations.feed.viewer import Viewer, viewer_of
from recommendations.pages.actions import dismissed_event, record_action
from recommendations.pages.cards import cards_for, zone_of
from recommendations.pages.hiding import hidden_mute
from recommendations.pages.intention import PARAMETER, forget_intention, intention_of
from recommendations.pages.refusals import with_refusals
from users.visitors import counted, open_to_visitors, page_user

_DESCRIPTION_CHARACTERS = 160
# What the page says when it has done what somebody wanted before they signed in.
_DONE = {
    Interaction.Action.SAVE.value: "Saved.",
    Interaction.Action.APPLY.value: "Noted: you are going.",
    Interaction.Action.DISMISS.value: "You will not see it in your feeds any more.",
}
_SITEMAP_SECONDS = 3_600
_MAPS = "https://www.openstreetmap.org"


@gzip_page
@require_safe
@with_refusals
@open_to_visitors
@ensure_csrf_cookie
def event_view(request: HttpRequest, pk: str, slug: str = "") -> HttpResponse:
    """Show an event; an intention in the address is carried out first: see Note [Intentions]."""
    viewer = viewer_of(page_user(request), timezone.now())
    event = Event.objects.with_count().select_related("organiser").filter(pk=pk).order_by("pk").first()
    if event is None:
        return _missing(request, "event", was_there=Event.objects.filter(pk__gt=pk).exists())
    path = event_path(event.pk, event.title)
    if PARAMETER in request.GET:
        return _carried_out(request, event, path)
    if request.path != unquote(path):
        return _moved(request, path)
    shown = event_page(event, viewer)
    zone = zone_of(request)
    (card,) = cards_for([event], viewer, zone)
    context = {
        **_head(request, path, Truncator(" ".join(event.description.split())).chars(_DESCRIPTION_CHARACTERS)),
        "event": event,
        "card": card,
        "shown": shown,
        "state": state_of(event, viewer),
        "times": span_in_words(event, zone),
        "similar": cards_for(shown.similar, viewer, zone),
        "dates": cards_for(shown.dates, viewer, zone),
        "organiser_path": event.organiser and organiser_path(event.organiser.pk, event.organiser.name),
        "venue_path": venue_path(event.location_name),
        "directions": _directions(event),
        "hidden": hidden_mute(request, viewer.user),
        "dismissed": None if viewer.user is None else dismissed_event(request, viewer.user),
        "json_ld": _structured_data(request, event, path),
    }
    return render(request, "page/event.html", context)


@gzip_page
@require_safe
@with_refusals
@open_to_visitors
@ensure_csrf_cookie
def organiser_view(request: HttpRequest, organiser_id: str, slug: str = "") -> HttpResponse:
    """Show what an organiser puts on."""
    viewer = viewer_of(page_user(request), timezone.now())
    organiser = Organiser.objects.filter(pk=organiser_id).order_by("pk").first()
    if organiser is None:
        return _missing(request, "organiser", was_there=Organiser.objects.filter(pk__gt=organiser_id).exists())
    path = organiser_path(organiser.pk, organiser.name)
    if request.path != unquote(path):
        return _moved(request, path)
    events = events_of_organiser(organiser, viewer, request.GET.get("cursor"))
    context = _head(request, path, f"Events and gigs by {organiser.name}, with times and places.")
    return _listing(request, viewer, events, context | {"name": organiser.name})


@gzip_page
@require_safe
@with_refusals
@open_to_visitors
@ensure_csrf_cookie
def venue_view(request: HttpRequest, name: str) -> HttpResponse:
    """Show what is on at a venue."""
    viewer = viewer_of(page_user(request), timezone.now())
    newest = None
    if "\0" not in name:
        newest = Event.objects.filter(location_name=name).order_by("-start_at", "-pk").first()
    if newest is None:
        return _missing(request, "venue", was_there=False)
    events = events_at(name, viewer, request.GET.get("cursor"))
    context = _head(request, venue_path(name), f"Events and gigs at {name}, with times and prices.")
    context |= {"name": name, "street": newest.address, "directions": _directions(newest)}
    return _listing(request, viewer, events, context)


@require_safe
@open_to_visitors
def calendar_view(request: HttpRequest, pk: str) -> HttpResponse:
    """Return an event as a calendar of one entry."""
    event = Event.objects.with_count().select_related("organiser").filter(pk=pk).order_by("pk").first()
    if event is None:
        raise Http404("There is no event with this id.")
    entry = Entry(EventSerializer(event).data, [], event.created_at, event.revised_at, event.revision)
    calendar = calendar_of([entry], root=request.build_absolute_uri(reverse("page")), is_subscribed=False)
    answer = HttpResponse(calendar, content_type="text/calendar; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="event-{event.pk}.ics"'
    return answer


@require_safe
@counted
def sitemap_index_view(request: HttpRequest) -> HttpResponse:
    """Return the list of sitemaps; 404 while visitors see nothing."""
    return _cached(sitemap_views.index(request, _sitemaps(), sitemap_url_name="sitemap-section"))


@require_safe
@counted
def sitemap_view(request: HttpRequest, section: str) -> HttpResponse:
    """Return a sitemap; 404 while visitors see nothing."""
    return _cached(sitemap_views.sitemap(request, _sitemaps(), section=section))


def _sitemaps() -> dict[str, type[Sitemap[Any]] | Sitemap[Any]]:
    if not settings.PUBLIC_BROWSING:
        raise Http404
    now = timezone.now()
    return {"events": EventSitemap(now), "organisers": OrganiserSitemap(now)}


def _cached(answer: TemplateResponse) -> HttpResponse:
    """Let caches keep an answer that is the same for everybody, for an hour."""
    patch_cache_control(answer, public=True, max_age=_SITEMAP_SECONDS)
    return answer


def _head(request: HttpRequest, path: str, description: str) -> dict[str, Any]:
    """Return what the head of a page says to search engines and messengers."""
    return {
        "path": path,
        "address": request.build_absolute_uri(path),
        "description": description,
        "is_public": settings.PUBLIC_BROWSING,
    }


def _listing(request: HttpRequest, viewer: Viewer, events: Page[Event], context: dict[str, Any]) -> HttpResponse:
    """Show a page of events, and lead to the next."""
    cards = cards_for(events.rows, viewer, zone_of(request))
    following = events.cursor and f"{context['path']}?{urlencode({'cursor': events.cursor})}"
    context |= {"cards": cards, "next": following, "is_first": "cursor" not in request.GET}
    return render(request, "page/listing.html", context)


def _missing(request: HttpRequest, kind: str, *, was_there: bool) -> HttpResponse:
    """Say that there is no such thing: 410 if its number was given out, and it is gone; a program gets a 404."""
    if "text/html" not in request.headers.get("Accept", "").lower():
        raise Http404(f"There is no {kind} at this address.")
    status = HTTPStatus.GONE if was_there else HTTPStatus.NOT_FOUND
    return render(request, "page/missing.html", {"kind": kind, "is_gone": was_there}, status=status)


def _moved(request: HttpRequest, path: str) -> HttpResponse:
    query = request.META.get("QUERY_STRING", "")
    return HttpResponsePermanentRedirect(f"{path}?{query}" if query else path)


def _carried_out(request: HttpRequest, event: Event, path: str) -> HttpResponse:
    """Record what the user wanted to do before they signed in, and lead to the event's own address."""
    answer = redirect(path)
    user = page_user(request)
    intention = intention_of(request.GET[PARAMETER], request)
    if user is None or intention is None or intention.event_id != event.pk:
        return answer
    record_action(user, event.pk, intention.action, now=timezone.now())
    messages.success(request, _DONE[intention.action])
    forget_intention(answer)
    return answer


def _structured_data(request: HttpRequest, event: Event, path: str) -> SafeString:
    organiser_url = None
    if event.organiser is not None:
        organiser_url = request.build_absolute_uri(organiser_path(event.organiser.pk, event.organiser.name))
    return json_ld_element(event_as_json_ld(event, url=request.build_absolute_uri(path), organiser_url=organiser_url))


def _directions(event: Event) -> dict[str, str]:
    """Return links to the place: on a map, and for the program of the device; empty without a place."""
    if event.latitude is not None:
        place = f"{event.latitude:.6f},{event.longitude:.6f}"
        return {"map": f"{_MAPS}/directions?{urlencode({'to': place})}", "geo": f"geo:{place}?q={place}"}
    if event.address:
        return {"map": f"{_MAPS}/search?{urlencode({'query': event.address})}"}
    return {}
