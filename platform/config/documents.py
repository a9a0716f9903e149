"""What the host says about itself: the OpenAPI document, the page about problem types, the icon, robots.txt."""

from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from api.viewsets import StrictViewSet
from config.http.problems import PROBLEM_TYPES

# `make openapi` writes it, and a test compares it with the code: generating it takes half a second of a processor.
FILE = Path(settings.BASE_DIR) / "docs" / "openapi.json"


# Programs that collect pages find those for people, and not what scripts call.
_ROBOTS = """User-agent: *
Disallow: /
Allow: /$
Allow: /e/
Allow: /o/
Allow: /v/
Allow: /static/
"""


@require_safe
def problems(request: HttpRequest) -> HttpResponse:
    """Answer with the page that explains every type of problem."""
    return render(request, "config/problems.html", {"problem_types": PROBLEM_TYPES})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Lead programs that look for the icon at its old address to the one that pages name."""
    return redirect(static("page/icon.svg"), permanent=True)


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Answer with the rules for programs that collect pages."""
    sitemap = f"Sitemap: {request.build_absolute_uri(reverse('sitemap'))}\n" if settings.PUBLIC_BROWSING else ""
    return HttpResponse(_ROBOTS + sitemap, content_type="text/plain; charset=utf-8")


class SchemaViewSet(StrictViewSet):
    """The OpenAPI document."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (OpenApiJsonRenderer, OpenApiJsonRenderer2)

    @extend_schema(exclude=True)
    def retrieve(self, request: Request) -> HttpResponse:
        """Return the document, as JSON."""
        return HttpResponse(FILE.read_bytes(), content_type=request.accepted_renderer.media_type)
