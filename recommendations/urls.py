"""This file holds the addresses of the feed."""

from rest_framework.routers import SimpleRouter

from recommendations.views import RecommendationViewSet

router = SimpleRouter(trailing_slash=False)
router.register("recommendations", RecommendationViewSet, basename="recommendation")
urlpatterns = router.urls
