"""Tests of the way that one request takes through the code: few files, and ARCHITECTURE.md names them."""

import re
import sys
from pathlib import Path

import pytest
from django.db import connection
from knox.models import AuthToken

from events.tests.factories import EventFactory
from recommendations.views import RecommendationViewSet

ROOT = Path(__file__).resolve().parents[2]


class _StatementReached(Exception):
    """Ends the request at the statement that reads the page."""


def files_until_the_statement(client):
    """The files of the project whose functions run from the view's dispatch to the statement that reads the page."""
    files = []

    def note(frame, event, argument):
        path = Path(frame.f_code.co_filename)
        if event == "call" and frame.f_code.co_name == "dispatch" and not files:
            files.append("recommendations/views.py")
        if (
            event == "call"
            and files
            and ROOT in path.parents
            and ".venv" not in path.parts
            and "tests" not in path.parts
        ):
            files.append(str(path.relative_to(ROOT)))

    def stop(execute, sql, parameters, many, context):
        if "interactions_tally" in sql:
            sys.setprofile(None)
            raise _StatementReached
        return execute(sql, parameters, many, context)

    # What the first request of a process does once is not part of the way.
    client.get("/recommendations")
    with connection.execute_wrapper(stop), pytest.raises(_StatementReached):
        sys.setprofile(note)
        try:
            client.get("/recommendations")
        finally:
            sys.setprofile(None)
    return [*dict.fromkeys(files), "recommendations/feed/page_heads.sql"]


@pytest.mark.django_db
def test_heuristic_runs_through_the_files_that_architecture_names(ana, api_by_token):
    EventFactory()
    assert RecommendationViewSet.dispatch

    files = files_until_the_statement(api_by_token(AuthToken.objects.create(ana)[1]))

    section = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8").split("## One request")[1].split("\n## ")[0]
    assert sorted(files) == sorted(re.findall(r"^\| `([^`]+)` \|", section, re.MULTILINE))
    assert len(files) <= 12
