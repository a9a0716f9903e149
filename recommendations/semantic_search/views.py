"""Similar events over HTTP."""

from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import ReadableByVisitors
from api.viewsets import StrictViewSet
from events.models import Event
from recommendations.feed.viewer import Filters, viewer_of
from recommendations.semantic_search.search import CannotCompare, similar_to
from recommendations.semantic_search.serializers import (
    SimilarParameters,
    SimilarSerializer,
    matches_as_json,
)
from users.authentication import user_of


class NothingToCompare(APIException):
    """Texts cannot be compared by meaning; the log says what is missing."""

    status_code = 503
    default_detail = "Similar events are not available at the moment. Everything else works."
    default_code = "unavailable"
    # Somebody has to repair it.
    wait = 600


class SimilarEventsViewSet(StrictViewSet):
    """The viewer's candidates by what their texts mean, nearest first."""

    reading_parameters = ("similar",)
    permission_classes = (ReadableByVisitors,)
    lookup_value_regex = "[0-9]{1,19}"

    @extend_schema(parameters=[SimilarParameters], responses=SimilarSerializer)
    @action(detail=True)
    def similar(self, request: Request, pk: str) -> Response:
        """Return upcoming events whose texts are similar to this one's, the most similar first."""
        parameters = SimilarParameters.read(request)
        viewer = viewer_of(user_of(request), timezone.now())
        event = get_object_or_404(Event.objects.select_related("organiser"), pk=pk)
        filters = Filters.of(parameters)
        try:
            matches = similar_to(event, viewer, filters, parameters["limit"])
        except CannotCompare as error:
            raise NothingToCompare from error
        return Response(matches_as_json(matches))
