"""This file holds the addresses of the feed and of the pages."""

from rest_framework.routers import SimpleRouter

from recommendations import pages
from recommendations.views import RecommendationViewSet

router = SimpleRouter(trailing_slash=False)
router.register("recommendations", RecommendationViewSet, basename="recommendation")
urlpatterns = [*pages.urlpatterns, *router.urls]
