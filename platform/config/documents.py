"""The OpenAPI document over HTTP: the file that is committed, because making it takes half a second of a processor."""

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.renderers import OpenApiJsonRenderer, OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request

from api.viewsets import StrictViewSet

# `make openapi` writes it, and a test compares it with the code.
FILE = Path(settings.BASE_DIR) / "docs" / "openapi.json"


class SchemaViewSet(StrictViewSet):
    """The OpenAPI document."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    renderer_classes = (OpenApiJsonRenderer, OpenApiJsonRenderer2)

    @extend_schema(exclude=True)
    def retrieve(self, request: Request) -> HttpResponse:
        """Return the document, as JSON."""
        return HttpResponse(FILE.read_bytes(), content_type=request.accepted_renderer.media_type)
