"""The feed over HTTP."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import ReadableByVisitors
from api.viewsets import StrictViewSet
from interactions.recording import UnknownEvent
from recommendations.explain.explanation import explanation_of
from recommendations.feed.pagination import feed_page
from recommendations.feed.ranking import DEFAULT, POPULAR, RANKERS, UPCOMING, Ranker
from recommendations.feed.viewer import Filters, viewer_of
from recommendations.serializers import (
    ExplanationParameters,
    ExplanationSerializer,
    FeedParameters,
    FeedSerializer,
    SectionParameters,
    explanation_as_json,
    feed_as_json,
)
from users.authentication import signed_in, user_of
from users.rate_limits import EXPLANATIONS

_NO_EVENT = "There is no event with this id."
_EVENT_ID = OpenApiParameter("event_id", OpenApiTypes.INT64, OpenApiParameter.PATH)


class RecommendationViewSet(StrictViewSet):
    """What to look at next, with reasons."""

    reading_parameters = ("list", "popular", "upcoming", "explanation")
    lookup_field = "event_id"
    lookup_value_regex = "[0-9]{1,19}"

    @extend_schema(
        parameters=[FeedParameters],
        responses={200: FeedSerializer, 410: OpenApiResponse(description="Begin again without a cursor.")},
    )
    def list(self, request: Request) -> Response:
        """Return the feed: what is in the interests first, then the more popular, then the sooner."""
        # Named in `next`, too, so that a feed goes on as it began when the setting changes meanwhile.
        parameters = {"ranker": DEFAULT.name, **FeedParameters.read(request)}
        return self._answer(request, RANKERS[parameters["ranker"]], parameters)

    @extend_schema(parameters=[SectionParameters], responses=FeedSerializer)
    @action(detail=False, permission_classes=(ReadableByVisitors,))
    def popular(self, request: Request) -> Response:
        """Return the most popular first."""
        return self._answer(request, POPULAR, SectionParameters.read(request))

    @extend_schema(parameters=[SectionParameters], responses=FeedSerializer)
    @action(detail=False, permission_classes=(ReadableByVisitors,))
    def upcoming(self, request: Request) -> Response:
        """Return the soonest first."""
        return self._answer(request, UPCOMING, SectionParameters.read(request))

    @extend_schema(
        parameters=[_EVENT_ID, ExplanationParameters],
        responses={200: ExplanationSerializer, 404: OpenApiResponse(description=_NO_EVENT)},
        operation_id="recommendations_explanation_retrieve",
    )
    @action(detail=True)
    def explanation(self, request: Request, event_id: str) -> Response:
        """Return why an event is where it is in the own feed, or not in it, and what would bring it to the front.

        The change is computed, nothing is written: Note [Smallest change] in the code says which one is the smallest.
        """
        parameters = ExplanationParameters.read(request)
        viewer, ranker = viewer_of(signed_in(request), timezone.now()), RANKERS[parameters.get("ranker", DEFAULT.name)]
        EXPLANATIONS.consume(str(viewer.known_user.pk), now=viewer.now)
        filters = Filters.of(parameters)
        try:
            explanation = explanation_of(int(event_id), viewer, ranker, filters)
        except UnknownEvent as error:
            raise Http404(_NO_EVENT) from error
        return Response(explanation_as_json(explanation))

    def _answer(self, request: Request, ranker: Ranker, parameters: dict[str, Any]) -> Response:
        page = feed_page(viewer_of(user_of(request), timezone.now()), ranker, request.path, parameters)
        document = feed_as_json(page)
        if page.next is not None:
            document["next"] = request.build_absolute_uri(page.next)
        answer = Response(document)
        # For the metrics, which are kept for each ranker.
        setattr(answer, "ranker", page.feed.ranker.name)
        if page.feed.ranked_list is not None:
            answer["Server-Timing"] = f'listing;desc="{"hit" if page.feed.ranked_list.from_cache else "miss"}"'
        return answer
