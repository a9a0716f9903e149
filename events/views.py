"""The events over HTTP."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from psycopg.errors import ForeignKeyViolation
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from api.deadlocks import retried
from api.keyset import BY_START, next_address, page_of
from api.permissions import ReadableByVisitors
from api.serializers import PageParameters
from api.viewsets import StrictViewSet
from events.categories import Category
from events.geo import measure, place_of
from events.models import Event
from events.permissions import EventPermission
from events.serializers import (
    CategoryListSerializer,
    EventPageSerializer,
    EventParameters,
    EventSerializer,
    EventWriteSerializer,
)

# What a list begins with and how much of it is shown: no filters.
_PAGE = frozenset(PageParameters().fields)
# A circle has its radius.
_PARTS = frozenset({"radiusKm"})


class EventViewSet(StrictViewSet):
    """The events, whatever their status, by start."""

    reading_parameters = ("list",)
    lookup_value_regex = "[0-9]{1,19}"
    permission_classes = (EventPermission,)

    @extend_schema(parameters=[EventParameters], responses=EventPageSerializer)
    def list(self, request: Request) -> Response:
        """List events by start, then id; past and cancelled ones too."""
        parameters = EventParameters.read(request)
        limit, cursor = parameters["limit"], parameters.get("cursor")
        filters = {_snake_case(name): value for name, value in parameters.items() if name not in _PAGE | _PARTS}
        page = page_of(
            Event.objects.filtered(**filters).with_count().with_viewer(request.user.pk).select_related("organiser"),
            BY_START,
            limit=limit,
            cursor=cursor,
            scope=_scope_of(parameters),
        )
        near = parameters.get("near")
        measure(page.rows, near.centre if near else place_of(request.user))
        following = page.cursor and request.build_absolute_uri(next_address(request.path, parameters, page.cursor))
        return Response(EventPageSerializer({"next": following, "results": page.rows}).data)

    @extend_schema(responses=EventSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one event."""
        return Response(_event(pk, request))

    @extend_schema(request=EventWriteSerializer, responses={201: EventSerializer})
    def create(self, request: Request) -> Response:
        """Make an event; needs the permission events.add_event."""
        asked = EventWriteSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        with _writing():
            event = Event.objects.create(**asked.validated_data)
        return Response(_event(event.pk, request), status=201)

    @extend_schema(request=EventWriteSerializer, responses=EventSerializer)
    def partial_update(self, request: Request, pk: str) -> Response:
        """Change what is sent of an event; needs the permission events.change_event."""
        sent = request.data
        with _writing():
            # Locked, so that start and end that two people change at once still fit each other.
            event = get_object_or_404(Event.objects.select_for_update(no_key=True), pk=pk)
            asked = EventWriteSerializer(event, data=sent, partial=True)
            asked.is_valid(raise_exception=True)
            # Only what was sent: two clients that change different fields must not undo each other.
            Event.objects.filter(pk=pk).update(**asked.validated_data)
        return Response(_event(pk, request))

    @extend_schema(responses={204: OpenApiResponse(description="The event and all interactions with it are gone.")})
    def destroy(self, request: Request, pk: str) -> Response:
        """Delete an event and what people did with it; needs the permission events.delete_event."""
        number, _ = retried(lambda: Event.objects.filter(pk=pk).delete())
        if number == 0:
            raise Http404
        return Response(status=204)


def _snake_case(name: str) -> str:
    return re.sub("[A-Z]", lambda letter: f"_{letter[0].lower()}", name)


def _scope_of(parameters: Mapping[str, Any]) -> tuple[object, ...]:
    """Return what a cursor belongs to. The first ones stand there always, as in earlier releases' cursors."""
    categories = parameters.get("category")
    values = {**parameters, "category": categories and ",".join(categories)}
    first = ("type", "category", "status", "ids", "q", "startsAfter")
    later = (f"{name}={value}" for name, value in sorted(values.items()) if name not in _PAGE.union(first))
    return ("events", *map(values.get, first), *later)


def _event(pk: int | str, request: Request) -> dict[str, Any]:
    events = Event.objects.with_count().with_viewer(request.user.pk).select_related("organiser")
    event = get_object_or_404(events, pk=pk)
    measure([event], place_of(request.user))
    return dict(EventSerializer(event).data)


@contextmanager
def _writing() -> Iterator[None]:
    """Write within a transaction; ValidationError for an organiser who is not there, by its end at the latest."""
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()
    except IntegrityError as error:
        if not isinstance(error.__cause__, ForeignKeyViolation):
            raise
        raise ValidationError({"organiserId": ["There is no organiser with this id."]}) from error


class CategoryViewSet(StrictViewSet):
    """The vocabulary of categories."""

    permission_classes = (ReadableByVisitors,)

    @extend_schema(responses=CategoryListSerializer)
    def list(self, request: Request) -> Response:
        """List the categories that events have and users can be interested in."""
        return Response({"results": [{"name": name, "title": title} for name, title in Category.choices]})
