"""This file holds every address: the API, its documents, the admin, the probes."""

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from config.health import healthz, readyz
from config.http.problems import not_found

admin.site.site_header = admin.site.site_title = "Marquee"

urlpatterns = [
    path("", include("recommendations.urls")),
    path("", include("interactions.urls")),
    path("", include("users.urls")),
    path("", include("events.urls")),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path("docs", SpectacularSwaggerView.as_view(url_name="schema"), name="docs"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("admin/", admin.site.urls),
    # A route rather than handler404 alone: with DEBUG on, Django would answer an unknown address with its own page.
    re_path("", not_found),
]
handler400 = "config.http.problems.bad_request"
handler403 = "config.http.problems.permission_denied"
handler404 = "config.http.problems.not_found"
handler500 = "config.http.problems.server_error"
