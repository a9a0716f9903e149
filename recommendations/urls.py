"""This file holds the addresses of the feed, also as a calendar, of what is found by meaning, and of the pages."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from recommendations import pages
from recommendations.calendar_feed.views import CalendarViewSet, SubscriptionViewSet
from recommendations.meaning.views import MeaningViewSet
from recommendations.views import RecommendationViewSet

router = SimpleRouter(trailing_slash=False)
router.register("recommendations", RecommendationViewSet, basename="recommendation")
# Beside the events' own addresses, which know of no vectors.
router.register("events", MeaningViewSet, basename="meaning")
_subscription = SubscriptionViewSet.as_view({"get": "retrieve", "post": "create", "delete": "destroy"})
urlpatterns = [
    # First, because each address before the one that is asked for is tried.
    *router.urls,
    *pages.urlpatterns,
    path("recommendations.ics", CalendarViewSet.as_view({"get": "list"}), name="calendar"),
    path("users/me/calendar", _subscription, name="subscription"),
]
