"""URLs of the events."""

from rest_framework.routers import SimpleRouter

from events.views import CategoryViewSet, EventViewSet

router = SimpleRouter(trailing_slash=False)
router.register("events", EventViewSet, basename="event")
router.register("categories", CategoryViewSet, basename="category")
urlpatterns = router.urls
