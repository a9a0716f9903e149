"""Endpoints of the signed-in user's interactions and mutes."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.fields import typed_id
from api.keyset import BY_START, next_address, page_of
from api.serializers import PageParameters, StrictSerializer
from api.viewsets import StrictViewSet
from events.geo import measure, place_of
from interactions.idempotency import Answer, BadIdempotencyKey, KeyOfAnotherRequest, key_of, once
from interactions.models import NEWEST_FIRST, Interaction, Mute
from interactions.muting import TooManyMutes, UnknownOrganiser, mute, unmute
from interactions.recording import NewInteraction, UnknownEvent, delete_own, record
from interactions.saved import LATEST_FIRST, saved_by
from interactions.serializers import (
    BatchSerializer,
    InteractionPageSerializer,
    InteractionParameters,
    InteractionSerializer,
    MutePageSerializer,
    MuteSerializer,
    RecordedBatchSerializer,
    SavedPageSerializer,
    SavedParameters,
)
from users import rate_limits
from users.authentication import signed_in

_NO_EVENT = "There is no event with this id."
_KEY_HEADER = "Idempotency-Key"
_OLDEST = timedelta(days=30)
_IDEMPOTENCY_KEY = OpenApiParameter(
    _KEY_HEADER, OpenApiTypes.STR, OpenApiParameter.HEADER,
    description="Up to 255 visible ASCII characters, new for each request and the same when it is repeated.",
)  # fmt: skip
_EVENT_ID = OpenApiParameter("event_id", OpenApiTypes.INT64, OpenApiParameter.PATH)


class IdempotencyConflict(APIException):
    """A key that came before with another request: 422, as the IETF draft asks (section 2.7)."""

    status_code = 422
    default_code = "idempotency_key_reused"


class InteractionViewSet(StrictViewSet):
    """Interactions of the user who is signed in."""

    reading_parameters = ("list",)

    @extend_schema(parameters=[InteractionParameters], responses=InteractionPageSerializer)
    def list(self, request: Request) -> Response:
        """List the own interactions, newest first."""
        parameters = InteractionParameters.read(request)
        wanted = parameters.get("action")
        own = Interaction.objects.of(signed_in(request))
        page = page_of(
            own if wanted is None else own.filter(action=wanted),
            NEWEST_FIRST,
            limit=parameters["limit"],
            cursor=parameters.get("cursor"),
            scope=("interactions", signed_in(request).pk, wanted),
        )
        following = page.cursor and request.build_absolute_uri(next_address(request.path, parameters, page.cursor))
        return Response(InteractionPageSerializer({"next": following, "results": page.rows}).data)

    @extend_schema(
        parameters=[_IDEMPOTENCY_KEY], request=InteractionSerializer,
        responses={
            200: OpenApiResponse(InteractionSerializer, "It was recorded before: the row of then."),
            201: InteractionSerializer, 404: OpenApiResponse(description=_NO_EVENT),
        },
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Record that the user did something with an event.

        One visit is one interaction: a VIEW or CLICK less than 30 minutes from the user's last of the same event is
        recorded already, and so is a SAVE, APPLY or DISMISS that stands. The answer is then 200 with that row.

        With the header Idempotency-Key a request may be sent again until an answer arrives: it is recorded once, and
        the repetition gets the first answer.
        """
        asked = InteractionSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        wanted = NewInteraction(**asked.validated_data, at=timezone.now())

        def answer() -> Answer:
            recorded = record(signed_in(request), [wanted])
            if not recorded:
                raise Http404(_NO_EVENT)
            body = dict(InteractionSerializer(recorded[0].interaction).data)
            return Answer(body, status=201 if recorded[0].is_new else 200)

        return _answered_once(request, answer, number=1)

    @extend_schema(
        parameters=[_IDEMPOTENCY_KEY], request=BatchSerializer, responses={201: RecordedBatchSerializer},
        operation_id="interactions_batch_create",
    )  # fmt: skip
    @action(detail=False, methods=["post"])
    def batch(self, request: Request) -> Response:
        """Record what the user did while their client was offline.

        All of it is recorded, or nothing if anything is malformed. Events that are gone by now are named and left out.
        One visit is one interaction here too: what is recorded already is answered with its row.
        """
        asked = BatchSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        now = timezone.now()
        wanted = [NewInteraction(**{"at": now, **one}) for one in asked.validated_data["interactions"]]
        _refuse_wrong_times(wanted, now)

        def answer() -> Answer:
            rows = [one.interaction for one in record(signed_in(request), wanted)]
            known = {row.event_id for row in rows}
            unknown = dict.fromkeys(one.event_id for one in wanted if one.event_id not in known)
            body = RecordedBatchSerializer({"results": rows, "unknownEventIds": list(unknown)}).data
            return Answer(dict(body), status=201)

        return _answered_once(request, answer, number=len(wanted))


def _refuse_wrong_times(wanted: Sequence[NewInteraction], now: datetime) -> None:
    errors = {}
    for place, one in enumerate(wanted):
        if not now - _OLDEST <= one.at <= now:
            errors[f"interactions.{place}.createdAt"] = [f"Give a time in the last {_OLDEST.days} days."]
    if errors:
        raise ValidationError(errors)


def _answered_once(request: Request, answer: Callable[[], Answer], *, number: int) -> Response:
    user = signed_in(request)
    try:
        key = key_of(request.headers.get(_KEY_HEADER))
        rate_limits.INTERACTIONS.consume(str(user.pk), now=timezone.now(), times=number)
        answered = once(user, key, [request.path, request.data], answer)
    except BadIdempotencyKey as error:
        raise ValidationError({_KEY_HEADER: [str(error)]}) from error
    except KeyOfAnotherRequest as error:
        raise IdempotencyConflict(str(error)) from error
    headers = {"Idempotency-Replayed": "true"} if answered.replayed else None
    return Response(answered.body, status=answered.status, headers=headers)


class _DeletionViewSet(StrictViewSet):
    """Deletion of the user's interactions of one action with an event."""

    lookup_field = "event_id"
    lookup_value_regex = "[0-9]{1,19}"
    action_to_delete: Interaction.Action

    @extend_schema(parameters=[_EVENT_ID], responses={204: OpenApiResponse(description="None is left.")})
    def destroy(self, request: Request, event_id: str) -> Response:
        """Delete all of the user's own of this event; 204 also if there was none."""
        try:
            delete_own(signed_in(request), int(event_id), self.action_to_delete)
        except UnknownEvent as error:
            raise Http404(_NO_EVENT) from error
        return Response(status=204)


class DismissalViewSet(_DeletionViewSet):
    """Deletion of dismissals."""

    action_to_delete = Interaction.Action.DISMISS


class SaveViewSet(_DeletionViewSet):
    """Saves by event, made and deleted."""

    action_to_delete = Interaction.Action.SAVE

    @extend_schema(
        parameters=[_EVENT_ID], request=None,
        responses={
            200: OpenApiResponse(InteractionSerializer, "It is saved already: the row of then."),
            201: InteractionSerializer, 404: OpenApiResponse(description=_NO_EVENT),
        },
    )  # fmt: skip
    def update(self, request: Request, event_id: str) -> Response:
        """Save an event; the same as often as it is asked for."""
        StrictSerializer(data=request.data).is_valid(raise_exception=True)
        user, now = signed_in(request), timezone.now()
        rate_limits.INTERACTIONS.consume(str(user.pk), now=now)
        known_id = typed_id(event_id)
        wanted = [] if known_id is None else [NewInteraction(known_id, Interaction.Action.SAVE, now)]
        recorded = record(user, wanted)
        if not recorded:
            raise Http404(_NO_EVENT)
        status = 201 if recorded[0].is_new else 200
        return Response(InteractionSerializer(recorded[0].interaction).data, status=status)


class SavedViewSet(StrictViewSet):
    """The events that the signed-in user saved."""

    reading_parameters = ("list",)

    @extend_schema(parameters=[SavedParameters], responses=SavedPageSerializer, operation_id="users_me_saved_list")
    def list(self, request: Request) -> Response:
        """List the saved events by start; which are over or cancelled, and which changed since they were saved."""
        user, parameters = signed_in(request), SavedParameters.read(request)
        when, now = parameters.get("when"), timezone.now()
        events = saved_by(user, now)
        if when is not None:
            events = events.finished_by(now) if when == "past" else events.not_over_by(now)
        page = page_of(
            events.with_count().with_viewer(user.pk).select_related("organiser"),
            LATEST_FIRST if when == "past" else BY_START,
            limit=parameters["limit"],
            cursor=parameters.get("cursor"),
            scope=("saved", user.pk, when),
        )
        measure(page.rows, place_of(user))
        following = page.cursor and request.build_absolute_uri(next_address(request.path, parameters, page.cursor))
        return Response(SavedPageSerializer({"next": following, "results": page.rows}).data)


class MuteViewSet(StrictViewSet):
    """What the signed-in user has muted: organisers, series and categories, whose events leave their feeds."""

    reading_parameters = ("list",)
    lookup_field = "mute_id"
    lookup_value_regex = "[0-9]{1,19}"

    @extend_schema(parameters=[PageParameters], responses=MutePageSerializer)
    def list(self, request: Request) -> Response:
        """List what is muted, the newest first, with names."""
        user, parameters = signed_in(request), PageParameters.read(request)
        page = page_of(
            Mute.objects.of(user).with_names(),
            NEWEST_FIRST,
            limit=parameters["limit"],
            cursor=parameters.get("cursor"),
            scope=("mutes", user.pk),
        )
        following = page.cursor and request.build_absolute_uri(next_address(request.path, parameters, page.cursor))
        return Response(MutePageSerializer({"next": following, "results": page.rows}).data)

    @extend_schema(
        request=MuteSerializer,
        responses={
            200: OpenApiResponse(MuteSerializer, "It is muted already: the row of then."),
            201: MuteSerializer, 404: OpenApiResponse(description="There is no organiser with this id."),
        },
    )  # fmt: skip
    def create(self, request: Request) -> Response:
        """Mute an organiser, a series or a category: send one of organiserId, series and category.

        Events of it leave the own feeds, the calendar and similar events at once. A search still finds them.
        """
        asked = MuteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        user, [(target, value)] = signed_in(request), asked.validated_data.items()
        now = timezone.now()
        rate_limits.MUTES.consume(str(user.pk), now=now)
        try:
            muted, is_new = mute(user, target, value, now=now)
        except UnknownOrganiser as error:
            raise Http404(str(error)) from error
        except TooManyMutes as error:
            raise ValidationError(str(error)) from error
        return Response(MuteSerializer(muted).data, status=201 if is_new else 200)

    @extend_schema(
        parameters=[OpenApiParameter("mute_id", OpenApiTypes.INT64, OpenApiParameter.PATH)],
        responses={
            204: OpenApiResponse(description="It is not muted any more."),
        },
    )  # fmt: skip
    def destroy(self, request: Request, mute_id: str) -> Response:
        """Undo a mute of one's own: its events are back at once; 204 also if there is none."""
        unmute(signed_in(request), int(mute_id))
        return Response(status=204)
