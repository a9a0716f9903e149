"""The metrics, in Prometheus' terms, and the address where they are read."""

import os
import secrets
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
    values,
)

from config.http.problems import problem_response

# Seconds: a page of the feed takes some milliseconds, a timeout two seconds.
_BUCKETS = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

LATENCY = Histogram("marquee_request_seconds", "Time to answer, by route and ranker.", ["route", "ranker"],
                    buckets=_BUCKETS)  # fmt: skip
ANSWERS = Counter("marquee_answers_total", "Answers, by method, route and status.", ["method", "route", "status"])
STATEMENTS = Counter("marquee_statements_total", "Statements sent to the database, by route.", ["route"])
STATEMENT_SECONDS = Counter("marquee_statement_seconds_total", "Time spent on them, by route.", ["route"])
IN_FLIGHT = Gauge("marquee_requests_in_flight", "Requests that are being answered.", multiprocess_mode="livesum")
# Reasons: busy (too many in flight), costly (too much costly work: platform/api/costly.py), database (away), timeout (a
# statement or lock took too long), throttled.
REFUSED = Counter("marquee_refused_total", "Requests refused for now (503, 429), by reason.", ["reason"])


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answer with the metrics of all worker processes, to who sends METRICS_TOKEN as a bearer token."""
    sent = request.headers.get("Authorization", "").encode("utf-8", "replace")
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    if not settings.METRICS_TOKEN or not secrets.compare_digest(sent, expected):
        refusal = "Send the METRICS_TOKEN of the settings as a bearer token."
        return problem_response(None, "authentication_failed", refusal, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(generate_latest(_registry()), content_type=CONTENT_TYPE_LATEST)


def _registry() -> CollectorRegistry:
    # In the web server each worker process writes to files of its own, and whoever is asked adds them up.
    if values.ValueClass.__name__ != "MmapedValue":
        return REGISTRY
    _forget_dead_workers()
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)
    return registry


def _forget_dead_workers() -> None:
    """Forget what killed workers had in flight; what they counted stays."""
    for file in Path(os.environ["PROMETHEUS_MULTIPROC_DIR"]).glob("gauge_live*_*.db"):
        pid = int(file.stem.rpartition("_")[2])
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            multiprocess.mark_process_dead(pid)
