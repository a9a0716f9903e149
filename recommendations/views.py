"""This file holds the feed over HTTP."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.response import Response

from events.strict import StrictViewSet
from recommendations.hybrid.keeping import ListingExpired
from recommendations.rankers import RANKERS
from recommendations.rankers.base import Ranker
from recommendations.rankers.popular import POPULAR
from recommendations.rankers.upcoming import UPCOMING
from recommendations.reading import feed_page
from recommendations.serializers import FeedParameters, FeedSerializer, SectionParameters
from recommendations.viewer import viewer_of
from users.authentication import signed_in


class Gone(APIException):
    """The order that this cursor began with is kept no longer. Start again without a cursor."""

    status_code = 410
    default_detail = "The order that this cursor began with is kept no longer. Start again without one."
    default_code = "gone"


class RecommendationViewSet(StrictViewSet):
    """What to look at next, with reasons."""

    reading_parameters = ("list", "popular", "upcoming")

    @extend_schema(
        parameters=[FeedParameters],
        responses={200: FeedSerializer, 410: OpenApiResponse(description="Begin again without a cursor.")},
    )
    def list(self, request: Request) -> Response:
        """Return the feed: what is in the interests first, then the more popular, then the sooner."""
        parameters = FeedParameters.read(request)
        return self._answer(request, RANKERS[parameters["ranker"]], parameters)

    @extend_schema(parameters=[SectionParameters], responses=FeedSerializer)
    @action(detail=False)
    def popular(self, request: Request) -> Response:
        """Return the most popular first."""
        return self._answer(request, POPULAR, SectionParameters.read(request))

    @extend_schema(parameters=[SectionParameters], responses=FeedSerializer)
    @action(detail=False)
    def upcoming(self, request: Request) -> Response:
        """Return the soonest first."""
        return self._answer(request, UPCOMING, SectionParameters.read(request))

    def _answer(self, request: Request, ranker: Ranker, parameters: dict[str, Any]) -> Response:
        try:
            page = feed_page(viewer_of(signed_in(request), timezone.now()), ranker, request.path, parameters)
        except ListingExpired as error:
            raise Gone from error
        if page["next"]:
            page["next"] = request.build_absolute_uri(page["next"])
        answer = Response(page)
        # For the metrics, which are kept for each ranker.
        setattr(answer, "ranker", page["ranker"])
        return answer
