"""URLs of the interactions."""

from rest_framework.routers import SimpleRouter

from interactions.views import DismissalViewSet, InteractionViewSet, SaveViewSet

router = SimpleRouter(trailing_slash=False)
router.register("interactions/dismissals", DismissalViewSet, basename="dismissal")
router.register("interactions/saves", SaveViewSet, basename="save")
router.register("interactions", InteractionViewSet, basename="interaction")
urlpatterns = router.urls
