"""This file holds the probes of a supervisor or load balancer."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from config.http.problems import CONTENT_TYPE, problem


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process lives; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, else 503."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        body = problem(503, "The database does not answer.")
        return JsonResponse(body, status=503, content_type=CONTENT_TYPE)
    return JsonResponse({"status": "ready"})
