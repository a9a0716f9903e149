"""This file holds the feed as a calendar over HTTP, and the making and revoking of its address."""

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

from events.viewsets import StrictViewSet
from recommendations.feed.pagination import feed_page
from recommendations.feed.ranking import DEFAULT
from recommendations.feed.viewer import viewer_of
from recommendations.serializers import feed_as_json
from recommendations.subscription.serializers import CalendarParameters, NothingSerializer, SubscriptionSerializer
from recommendations.subscription.writing import calendar_of
from users.authentication import signed_in
from users.calendar_tokens import CalendarAuthentication, new_calendar_token
from users.models import CalendarToken, User

# More than a calendar is looked through for, and one page of the feed.
EVENTS_MAX = 50


class CalendarRenderer(JSONRenderer):
    """Sends a calendar as it is; problems as everywhere."""

    media_type = "text/calendar"
    format = "ics"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return what is sent."""
        return data if isinstance(data, bytes) else super().render(data, accepted_media_type, renderer_context)


class CalendarViewSet(StrictViewSet):
    """The feed, for programs that show calendars."""

    authentication_classes = (CalendarAuthentication,)
    permission_classes = (AllowAny,)
    renderer_classes = (CalendarRenderer,)
    reading_parameters = ("list",)

    @extend_schema(
        parameters=[CalendarParameters], responses={(200, "text/calendar"): OpenApiTypes.STR}, auth=[],
        operation_id="recommendations_calendar",
    )  # fmt: skip
    def list(self, request: Request) -> Response:
        """Return the first 50 events of the feed as a calendar to subscribe to, with the reasons in what it tells."""
        if not isinstance(request.user, User):
            raise AuthenticationFailed("This is no address of a calendar, or none any more.")
        CalendarParameters.read(request)
        now = timezone.now()
        page = feed_as_json(feed_page(viewer_of(request.user, now), DEFAULT, request.path, {"limit": EVENTS_MAX}))
        host, _ = split_domain_port(request.get_host())
        calendar = calendar_of(page["results"], host=host, root=request.build_absolute_uri(reverse("page")), now=now)
        answer = Response(calendar)
        # For the metrics, which are kept for each ranker.
        setattr(answer, "ranker", page["ranker"])
        return answer


class SubscriptionViewSet(StrictViewSet):
    """The address of the own feed as a calendar."""

    @extend_schema(responses=SubscriptionSerializer, operation_id="users_me_calendar_retrieve")
    def retrieve(self, request: Request) -> Response:
        """Return since when there is an address; which one is told only when it is made."""
        since = CalendarToken.objects.filter(user=signed_in(request)).values_list("created_at", flat=True)
        return Response(SubscriptionSerializer({"url": None, "createdAt": since.order_by("pk").first()}).data)

    @extend_schema(request=None, responses={201: SubscriptionSerializer}, operation_id="users_me_calendar_create")
    def create(self, request: Request) -> Response:
        """Make a new address. The one before opens nothing any more."""
        NothingSerializer(data=request.data).is_valid(raise_exception=True)
        now = timezone.now()
        token = new_calendar_token(signed_in(request), now=now)
        url = request.build_absolute_uri(f"{reverse('calendar')}?token={token}")
        return Response(SubscriptionSerializer({"url": url, "createdAt": now}).data, status=201)

    @extend_schema(
        responses={204: OpenApiResponse(description="The address opens nothing any more.")},
        operation_id="users_me_calendar_destroy",
    )
    def destroy(self, request: Request) -> Response:
        """Revoke the address, also if there is none."""
        CalendarToken.objects.filter(user=signed_in(request)).delete()
        return Response(status=204)
