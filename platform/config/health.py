"""The probes of a supervisor or load balancer."""

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config.http.outages import OUTAGE
from config.http.problems import problem_response


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process lives; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, else 503."""
    if OUTAGE.ongoing:
        return _not_ready()
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return _not_ready()
    return JsonResponse({"status": "ready"})


def _not_ready() -> HttpResponse:
    return problem_response(None, "database_unavailable", "The database does not answer.")
