"""This file holds a constant view: what a page of the same size costs when nothing is looked up for it.

The product's settings and middleware surround it; there is no authentication, no database and no serializer.
"""

import os
from pathlib import Path

from django.core.handlers.wsgi import WSGIHandler
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

# The file that holds what is answered.
BODY = "BENCH_BODY"


def _constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_body, content_type="application/json")


urlpatterns = [path("constant", _constant)]


def application_of_the_constant() -> WSGIHandler:
    """Return the WSGI application, for gunicorn."""
    from django.conf import settings

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    settings.ROOT_URLCONF = __name__
    return get_wsgi_application()


_body = Path(os.environ[BODY]).read_bytes() if BODY in os.environ else b"{}"
