"""URLs of the feed, its calendar, search and the pages for people."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from recommendations.calendar_feed.views import CalendarViewSet, SavedCalendarViewSet, SubscriptionViewSet
from recommendations.event_pages.urls import urlpatterns as event_pages
from recommendations.pages.urls import urlpatterns as pages
from recommendations.search.views import SearchViewSet
from recommendations.semantic_search.views import SimilarEventsViewSet
from recommendations.views import RecommendationViewSet

router = SimpleRouter(trailing_slash=False)
router.register("recommendations", RecommendationViewSet, basename="recommendation")
# Next to the URLs of the events app, which does not import vectors.
router.register("events", SearchViewSet, basename="search")
router.register("events", SimilarEventsViewSet, basename="similar-events")
_subscription = SubscriptionViewSet.as_view({"get": "retrieve", "post": "create", "delete": "destroy"})
urlpatterns = [
    # First, because each address before the one that is asked for is tried.
    *router.urls,
    *pages,
    *event_pages,
    path("recommendations.ics", CalendarViewSet.as_view({"get": "list"}), name="calendar"),
    path("saved.ics", SavedCalendarViewSet.as_view({"get": "list"}), name="saved-calendar"),
    path("users/me/calendar", _subscription, name="subscription"),
]
