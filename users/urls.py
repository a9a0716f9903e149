"""URLs of the profile, of tokens and of accounts."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from users import accounts
from users.views import CurrentTokenViewSet, TokenCreationViewSet, UserViewSet

router = SimpleRouter(trailing_slash=False)
router.register("users", UserViewSet, basename="user")
router.register("tokens", TokenCreationViewSet, basename="token")
urlpatterns = [
    path("tokens/current", CurrentTokenViewSet.as_view({"delete": "destroy"}), name="token-current"),
    *router.urls,
    *accounts.urlpatterns,
]
