"""Tests that a calendar's token appears in no log, and that guessing one is hopeless and limited."""

import logging
from io import StringIO

import pytest
from rest_framework.test import APIClient

from config.http.logs import LineFormatter, StructuredFormatter
from config.tests.hostile_values import TEXT_VALUES
from users.tests.factories import UserFactory
from users.throttles import METER

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nothing_spent():
    METER.clear()
    yield
    METER.clear()


@pytest.fixture
def url(api_of):
    return api_of(UserFactory()).post("/users/me/calendar").json()["url"]


def test_hostile_tokens_are_refused_alike(settings):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 0
    plain = APIClient().get("/recommendations.ics").json()
    answers = {name: APIClient().get("/recommendations.ics", {"token": value}) for name, value in TEXT_VALUES.items()}

    assert plain["status"] == 401
    assert {name for name, answer in answers.items() if answer.json() != plain} == set()


def test_asking_is_limited_for_each_owner_and_guessing_for_each_address(url, settings):
    settings.REQUESTS_PER_MINUTE = 2
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 3
    METER.clear()

    asked = [APIClient().get(url).status_code for _ in range(3)]
    guessed = [APIClient().get(f"/recommendations.ics?token={n:064x}").status_code for n in range(4)]

    assert (asked, guessed) == ([200, 200, 429], [401, 401, 401, 429])


@pytest.mark.parametrize("formatter", [LineFormatter, StructuredFormatter])
def test_no_log_tells_the_token(url, formatter, settings):
    settings.ANONYMOUS_REQUESTS_PER_MINUTE = 0
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter())
    loggers = [logging.getLogger(name) for name in ("", "django.server")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        for address in (url, f"{url}&limit=1", url.replace("recommendations.ics", "recommendation.ics")):
            APIClient().get(address)
        logging.getLogger("django.server").warning('"GET %s HTTP/1.1" 200 12', url)
    finally:
        for logger in loggers:
            logger.removeHandler(handler)

    assert "GET http://testserver/[path] HTTP/1.1" in stream.getvalue().replace("\\", "")
    assert url.partition("?token=")[2] not in stream.getvalue()
