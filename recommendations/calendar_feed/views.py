"""The feed as a calendar over HTTP, and the subscription: the secret URL by which a program reads it."""

from collections.abc import Mapping
from typing import Any

from django.http.request import split_domain_port
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from api.viewsets import StrictViewSet
from recommendations.calendar_feed.ical import calendar_of
from recommendations.calendar_feed.serializers import CalendarParameters, NothingSerializer, SubscriptionSerializer
from recommendations.feed.pagination import feed_page
from recommendations.feed.ranking import DEFAULT
from recommendations.feed.viewer import viewer_of
from recommendations.serializers import feed_as_json
from users.authentication import signed_in
from users.models import CalendarToken, User
from users.tokens import CalendarAuthentication, new_calendar_token

# One page of the feed, and more than people look through in a calendar.
EVENTS_MAX = 50


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


class CalendarViewSet(StrictViewSet):
    """The feed, for calendar programs."""

    authentication_classes = (CalendarAuthentication,)
    permission_classes = (AllowAny,)
    renderer_classes = (CalendarRenderer,)
    reading_parameters = ("list",)

    @extend_schema(
        parameters=[CalendarParameters], responses={(200, "text/calendar"): OpenApiTypes.STR}, auth=[],
        operation_id="recommendations_calendar",
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Return the first 50 events of the feed as a calendar, with the reasons in their descriptions."""
        if not isinstance(request.user, User):
            raise AuthenticationFailed("This calendar URL is not valid, or it was revoked.")
        CalendarParameters.read(request)
        now = timezone.now()
        page = feed_as_json(feed_page(viewer_of(request.user, now), DEFAULT, request.path, {"limit": EVENTS_MAX}))
        host, _ = split_domain_port(request.get_host())
        calendar = calendar_of(page["results"], host=host, root=request.build_absolute_uri(reverse("page")), now=now)
        answer = Response(calendar)
        # Read by the metrics, which are kept for each ranker.
        setattr(answer, "ranker", page["ranker"])
        return answer


class SubscriptionViewSet(StrictViewSet):
    """The subscription of the signed-in user."""

    @extend_schema(responses=SubscriptionSerializer, operation_id="users_me_calendar_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Return when the URL was made. The URL itself is only in the answer to POST."""
        since = CalendarToken.objects.filter(user=signed_in(request)).values_list("created_at", flat=True)
        return Response(SubscriptionSerializer({"url": None, "createdAt": since.order_by("pk").first()}).data)

    @extend_schema(request=None, responses={201: SubscriptionSerializer}, operation_id="users_me_calendar_create")
    def create(self, request: Request) -> Response:
        """Make a new URL. The previous one stops working."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        now = timezone.now()
        token = new_calendar_token(signed_in(request), now=now)
        url = request.build_absolute_uri(f"{reverse('calendar')}?token={token}")
        return Response(SubscriptionSerializer({"url": url, "createdAt": now}).data, status=201)

    @extend_schema(
        responses={204: OpenApiResponse(description="The URL does not work any more.")},
        operation_id="users_me_calendar_destroy",
    )
    def destroy(self, request: Request) -> Response:
        """Revoke the URL; also 204 without one."""
        CalendarToken.objects.filter(user=signed_in(request)).delete()
        return Response(status=204)
