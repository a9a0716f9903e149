"""The feed and what was saved as calendars over HTTP, and the subscription to them by secret URLs."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

from django.http import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.decorators import method_decorator
from django.utils.http import quote_etag
from django.views.decorators.gzip import gzip_page
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.keyset import BY_START
from api.viewsets import StrictViewSet
from events.models import Event
from events.serializers import EventSerializer
from interactions.saved import saved_by
from recommendations.calendar_feed.ical import RECOMMENDED, SAVED, Entry, calendar_of
from recommendations.calendar_feed.serializers import CalendarParameters, NothingSerializer, SubscriptionSerializer
from recommendations.feed.pagination import FeedPage, feed_page
from recommendations.feed.ranking import DEFAULT, comes_before, not_hidden, ranked, values_of
from recommendations.feed.viewer import Viewer, viewer_of
from recommendations.serializers import feed_as_json
from users.authentication import signed_in
from users.models import CalendarToken, User
from users.tokens import CalendarAuthentication, new_calendar_token

# One page of the feed, and more than people look through in a calendar.
EVENTS_MAX = 50
SAVED_MAX = 500
# For so long after its start a saved event stays in the calendar.
SAVED_PAST_SHOWN = timedelta(days=30)
# For so long a cancelled event stays in the calendar, so that people who planned to go learn of it.
CANCELLED_SHOWN = timedelta(days=14)
_ETAG = OpenApiParameter(
    "ETag", OpenApiTypes.STR, OpenApiParameter.HEADER, response=[200, 304], description="To send as If-None-Match.",
)  # fmt: skip


class CalendarRenderer(JSONRenderer):
    """Sends a calendar unchanged, and problems as JSON."""

    media_type = "text/calendar"
    format = "ics"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the body of the answer."""
        return data if isinstance(data, bytes) else super().render(data, accepted_media_type, renderer_context)


@method_decorator(gzip_page, name="dispatch")
class _CalendarViewSet(StrictViewSet):
    """A calendar that its token alone opens."""

    authentication_classes = (CalendarAuthentication,)
    permission_classes = (AllowAny,)
    renderer_classes = (CalendarRenderer,)
    reading_parameters = ("list",)

    def _viewer(self, request: Request) -> Viewer:
        """Return whose calendar it is; AuthenticationFailed without a valid token."""
        if not isinstance(request.user, User):
            raise AuthenticationFailed("This calendar URL is not valid, or it was revoked.")
        CalendarParameters.read(request)
        return viewer_of(request.user, timezone.now())

    def _answer(self, request: Request, entries: Iterable[Entry], name: str) -> HttpResponseBase:
        calendar = calendar_of(entries, root=request.build_absolute_uri(reverse("page")), name=name)
        etag = quote_etag(sha256(calendar).hexdigest())
        answer = get_conditional_response(request._request, etag=etag, response=Response(calendar))
        assert answer is not None
        answer["ETag"] = etag
        return answer


_ANSWERS = {
    (200, "text/calendar"): OpenApiTypes.STR,
    304: OpenApiResponse(description="It is still the one whose ETag If-None-Match has."),
}


class CalendarViewSet(_CalendarViewSet):
    """The feed, for calendar programs."""

    @extend_schema(
        parameters=[CalendarParameters, _ETAG], auth=[], responses=_ANSWERS, operation_id="recommendations_calendar"
    )
    def list(self, request: Request) -> HttpResponseBase:
        """Return the first 50 events of the feed as a calendar, with the reasons in their descriptions.

        Events that would be among them, and were cancelled in the last 14 days, follow as cancelled.
        """
        viewer = self._viewer(request)
        page = feed_page(viewer, DEFAULT, request.path, {"limit": EVENTS_MAX})
        answer = self._answer(request, _entries_of(page, viewer), RECOMMENDED)
        # Read by the metrics, which are kept for each ranker.
        setattr(answer, "ranker", page.feed.ranker.name)
        return answer


class SavedCalendarViewSet(_CalendarViewSet):
    """What its user saved, for calendar programs."""

    @extend_schema(
        parameters=[CalendarParameters, _ETAG],
        auth=[],
        responses=_ANSWERS,
        operation_id="users_me_saved_calendar",
        tags=["users"],
    )
    def list(self, request: Request) -> HttpResponseBase:
        """Return what is saved and starts later than 30 days ago as a calendar: the first 500, also cancelled ones."""
        viewer = self._viewer(request)
        events = saved_by(viewer.known_user, viewer.now).starting_after(viewer.now - SAVED_PAST_SHOWN).with_count()
        rows = BY_START.sorted(events.select_related("organiser"))[:SAVED_MAX]
        entries = [Entry(EventSerializer(row).data, [], row.created_at, row.revised_at, row.revision) for row in rows]
        return self._answer(request, entries, SAVED)


def _entries_of(page: FeedPage, viewer: Viewer) -> Iterator[Entry]:
    """Yield the events of the page, then the cancelled ones that would be among them."""
    order = page.feed.ranker.order
    candidates = Event.objects.cancelled_since(viewer.now - CANCELLED_SHOWN).starting_after(viewer.now)
    candidates = not_hidden(candidates, viewer).select_related("organiser")
    cancelled = ranked(candidates, viewer, order=order)[:EVENTS_MAX]
    last = None if page.next is None else values_of(page.events[-1], order)
    shown = [event for event in cancelled if last is None or comes_before(values_of(event, order), last, order)]
    results = feed_as_json(replace(page, events=(*page.events, *shown)))["results"]
    for event, result in zip((*page.events, *shown), results, strict=True):
        reasons = [] if event.status == Event.Status.CANCELLED else result["reasons"]
        yield Entry(result["event"], reasons, event.created_at, event.revised_at, event.revision)


class SubscriptionViewSet(StrictViewSet):
    """The subscription of the signed-in user."""

    @extend_schema(responses=SubscriptionSerializer, operation_id="users_me_calendar_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Return when the URL was made. The URL itself is only in the answer to POST."""
        since = CalendarToken.objects.filter(user=signed_in(request)).values_list("created_at", flat=True)
        made_at = since.order_by("pk").first()
        return Response(SubscriptionSerializer({"url": None, "savedUrl": None, "createdAt": made_at}).data)

    @extend_schema(request=None, responses={201: SubscriptionSerializer}, operation_id="users_me_calendar_create")
    def create(self, request: Request) -> Response:
        """Make a new URL. The previous one stops working."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        now = timezone.now()
        token = new_calendar_token(signed_in(request), now=now)
        url, saved_url = (
            request.build_absolute_uri(f"{reverse(name)}?token={token}") for name in ("calendar", "saved-calendar")
        )
        return Response(SubscriptionSerializer({"url": url, "savedUrl": saved_url, "createdAt": now}).data, status=201)

    @extend_schema(
        responses={204: OpenApiResponse(description="The URL does not work any more.")},
        operation_id="users_me_calendar_destroy",
    )
    def destroy(self, request: Request) -> Response:
        """Revoke the URL; also 204 without one."""
        CalendarToken.objects.filter(user=signed_in(request)).delete()
        return Response(status=204)
