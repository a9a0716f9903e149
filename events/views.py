"""This file holds the events over HTTP."""

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSet

from events.categories import Category
from events.keyset import BY_START, next_address
from events.listing import page_of
from events.models import Event
from events.serializers import (
    CategoryListSerializer,
    EventPageSerializer,
    EventParameters,
    EventSerializer,
)


class EventViewSet(ViewSet):
    """The events, whatever their status, by start."""

    lookup_value_regex = "[0-9]{1,19}"

    @extend_schema(parameters=[EventParameters], responses=EventPageSerializer)
    def list(self, request: Request) -> Response:
        """List events by start, then id; past and cancelled ones too."""
        parameters = EventParameters.read(request)
        limit, cursor = parameters["limit"], parameters.get("cursor")
        narrowed = {name: parameters.get(name) for name in ("type", "category", "status", "q")}
        page = page_of(
            Event.objects.narrowed(**narrowed).with_count().select_related("organiser"),
            BY_START,
            limit=limit,
            cursor=cursor,
            scope=("events", *narrowed.values()),
        )
        following = page.cursor and request.build_absolute_uri(next_address(request.path, parameters, page.cursor))
        return Response(EventPageSerializer({"next": following, "results": page.rows}).data)

    @extend_schema(responses=EventSerializer)
    def retrieve(self, request: Request, pk: str) -> Response:
        """Return one event."""
        event = get_object_or_404(Event.objects.with_count().select_related("organiser"), pk=pk)
        return Response(EventSerializer(event).data)


class CategoryViewSet(ViewSet):
    """The vocabulary of categories."""

    @extend_schema(responses=CategoryListSerializer)
    def list(self, request: Request) -> Response:
        """List the categories that events have and users can be interested in."""
        return Response({"results": [{"name": name, "title": title} for name, title in Category.choices]})
