"""URLs of the interactions and mutes."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from interactions.views import DismissalViewSet, InteractionViewSet, MuteViewSet, SavedViewSet, SaveViewSet

router = SimpleRouter(trailing_slash=False)
router.register("interactions/dismissals", DismissalViewSet, basename="dismissal")
router.register("interactions/saves", SaveViewSet, basename="save")
router.register("interactions", InteractionViewSet, basename="interaction")
router.register("mutes", MuteViewSet, basename="mute")
urlpatterns = [path("users/me/saved", SavedViewSet.as_view({"get": "list"}), name="saved"), *router.urls]
