"""This file holds the own interactions over HTTP."""

from django.http import Http404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from events.keyset import next_address
from events.listing import page_of
from interactions.models import NEWEST_FIRST, Interaction
from interactions.recording import UnknownEvent, record, take_back
from interactions.serializers import InteractionPageSerializer, InteractionParameters, InteractionSerializer
from users.authentication import signed_in

_NO_EVENT = "There is no event with this id."
_EVENT_ID = OpenApiParameter("event_id", OpenApiTypes.INT64, OpenApiParameter.PATH)


class InteractionViewSet(ViewSet):
    """What the user who is signed in did with events."""

    @extend_schema(parameters=[InteractionParameters], responses=InteractionPageSerializer)
    def list(self, request: Request) -> Response:
        """List the own interactions, newest first."""
        parameters = InteractionParameters.read(request)
        action = parameters.get("action")
        own = Interaction.objects.of(signed_in(request))
        page = page_of(
            own if action is None else own.filter(action=action),
            NEWEST_FIRST,
            limit=parameters["limit"],
            cursor=parameters.get("cursor"),
            scope=("interactions", signed_in(request).pk, action),
        )
        following = page.cursor and request.build_absolute_uri(next_address(request.path, parameters, page.cursor))
        return Response(InteractionPageSerializer({"next": following, "results": page.rows}).data)

    @extend_schema(request=InteractionSerializer, responses={201: InteractionSerializer})
    def create(self, request: Request) -> Response:
        """Record that the user did something with an event."""
        asked = InteractionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        try:
            made = record(signed_in(request), asked.validated_data["event_id"], asked.validated_data["action"])
        except UnknownEvent as error:
            raise Http404(_NO_EVENT) from error
        return Response(InteractionSerializer(made).data, status=201)


class _TakenBackViewSet(ViewSet):
    """Interactions of one action, taken back."""

    lookup_field = "event_id"
    lookup_value_regex = "[0-9]+"
    taken_back: Interaction.Action

    @extend_schema(parameters=[_EVENT_ID], responses={204: OpenApiResponse(description="None is left.")})
    def destroy(self, request: Request, event_id: str) -> Response:
        """Delete all of the user's own of this event; also right when there was none."""
        try:
            take_back(signed_in(request), int(event_id[:30]), self.taken_back)
        except UnknownEvent as error:
            raise Http404(_NO_EVENT) from error
        return Response(status=204)


class DismissalViewSet(_TakenBackViewSet):
    """Dismissals, taken back."""

    taken_back = Interaction.Action.DISMISS


class SaveViewSet(_TakenBackViewSet):
    """Saves, taken back."""

    taken_back = Interaction.Action.SAVE
