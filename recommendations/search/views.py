"""The search and its suggestions over HTTP."""

from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from api.permissions import ReadableByVisitors
from api.viewsets import StrictViewSet
from recommendations.feed.viewer import Filters, viewer_of
from recommendations.search.pages import search_page
from recommendations.search.serializers import (
    SearchParameters,
    SearchSerializer,
    SuggestionListSerializer,
    SuggestionParameters,
    search_as_json,
    suggestions_as_json,
)
from recommendations.search.suggestions import suggestions_for
from users.authentication import user_of


class SearchViewSet(StrictViewSet):
    """Events by what people write: names, words, dates, or what they are like."""

    reading_parameters = ("search", "suggestions")
    permission_classes = (ReadableByVisitors,)

    @extend_schema(parameters=[SearchParameters], responses=SearchSerializer)
    @action(detail=False)
    def search(self, request: Request) -> Response:
        """Return events like a query: upcoming ones first, then past ones, cancelled ones last, each with reasons.

        Finds words and their beginnings, with and without accents, small typing errors, organisers, venues, tags and,
        in any of 16 languages, what is near in meaning. "This weekend", "tonight", "today", "tomorrow", weekdays,
        "free" and "online" become filters: `understood` says which.
        """
        parameters = SearchParameters.read(request)
        zone = parameters.get("timeZone") or ZoneInfo(settings.TIME_ZONE)
        page = search_page(viewer_of(user_of(request), timezone.now()), zone, request.path, parameters)
        document = search_as_json(page)
        if page.next is not None:
            document["next"] = request.build_absolute_uri(page.next)
        return Response(document)

    @extend_schema(parameters=[SuggestionParameters], responses=SuggestionListSerializer)
    @action(detail=False)
    def suggestions(self, request: Request) -> Response:
        """Return at most 8 titles, organisers, venues, tags and categories that have what was typed so far."""
        parameters = SuggestionParameters.read(request)
        return Response(suggestions_as_json(suggestions_for(parameters["q"], Filters.of(parameters), timezone.now())))
