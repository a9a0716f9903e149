"""This file holds the addresses of the feed, and of what is found by meaning."""

from rest_framework.routers import SimpleRouter

from recommendations.meaning.views import MeaningViewSet
from recommendations.views import RecommendationViewSet

router = SimpleRouter(trailing_slash=False)
router.register("recommendations", RecommendationViewSet, basename="recommendation")
# Beside the events' own addresses, which know of no vectors.
router.register("events", MeaningViewSet, basename="meaning")
urlpatterns = router.urls
