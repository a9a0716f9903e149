"""This file holds the addresses of the feed, of what is found by meaning, and of the pages."""

from rest_framework.routers import SimpleRouter

from recommendations import pages
from recommendations.meaning.views import MeaningViewSet
from recommendations.views import RecommendationViewSet

router = SimpleRouter(trailing_slash=False)
router.register("recommendations", RecommendationViewSet, basename="recommendation")
# Beside the events' own addresses, which know of no vectors.
router.register("events", MeaningViewSet, basename="meaning")
urlpatterns = [*pages.urlpatterns, *router.urls]
