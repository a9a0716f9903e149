"""The probes of a supervisor or load balancer."""

from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from config.http.outages import outage_of
from config.http.problems import problem_response


@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 while the process lives; asks nothing of the database."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer 200 when the database answers, or a standby does, which then answers what only reads; else 503."""
    if any(_answers(alias) for alias in connections):
        return JsonResponse({"status": "ready"})
    return problem_response(None, "database_unavailable", "The database does not answer.")


def _answers(alias: str) -> bool:
    if outage_of(alias).ongoing:
        return False
    try:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True
