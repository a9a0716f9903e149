"""A constant view: what a page of the same size costs when nothing is looked up for it. Only a server imports this.

The product's settings and middleware surround it; there is no authentication, no database and no serializer.
"""

import os
from pathlib import Path

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path

# The file that holds what is answered.
_body = Path(os.environ["BENCH_BODY"]).read_bytes()


def _constant(request: HttpRequest) -> HttpResponse:
    return HttpResponse(_body, content_type="application/json")


urlpatterns = [path("constant", _constant)]
settings.ROOT_URLCONF = __name__
application = get_wsgi_application()
