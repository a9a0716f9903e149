"""Every address: the API, its documents, the admin, the probes."""

from django.contrib import admin
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from drf_spectacular.views import SpectacularSwaggerView

from config.documents import SchemaViewSet, favicon, problems, robots
from config.health import healthz, readyz
from config.http.errors import not_found
from config.http.metrics import metrics

urlpatterns = [
    path("", include("recommendations.urls")),
    path("", include("interactions.urls")),
    path("", include("users.urls")),
    path("", include("events.urls")),
    path("schema", SchemaViewSet.as_view({"get": "retrieve"}), name="schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("problems", problems, name="problems"),
    path("favicon.ico", favicon, name="favicon"),
    path("robots.txt", robots, name="robots"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("metrics", metrics, name="metrics"),
    path("admin/", admin.site.urls),
    # A route rather than handler404 alone: with DEBUG on, Django would answer an unknown address with its own page.
    # Exempt, so that a script that sends a token and mistypes an address is not told of CSRF.
    re_path("", csrf_exempt(not_found)),
]
handler400 = "config.http.errors.bad_request"
handler403 = "config.http.errors.permission_denied"
handler404 = "config.http.errors.not_found"
handler500 = "config.http.errors.server_error"
