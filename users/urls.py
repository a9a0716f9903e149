"""URLs of the profile and of tokens."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from users import password_reset
from users.views import CurrentTokenViewSet, TokenCreationViewSet, UserViewSet

router = SimpleRouter(trailing_slash=False)
router.register("users", UserViewSet, basename="user")
router.register("tokens", TokenCreationViewSet, basename="token")
urlpatterns = [
    path("tokens/current", CurrentTokenViewSet.as_view({"delete": "destroy"}), name="token-current"),
    *router.urls,
    *password_reset.urlpatterns,
]
