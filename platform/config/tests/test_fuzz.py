"""Tests that random requests, made from the OpenAPI document, get only answers that it describes.

FUZZ_CASES says how many, FUZZ_SEED which: `make fuzz` makes 5,000 new ones and names the seed that repeats them.
"""

import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, seed
from hypothesis import settings as examples
from hypothesis import strategies as st
from knox.models import AuthToken
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from config.http.application import Application
from events.tests.factories import EventFactory
from users.tests.factories import UserFactory

CASES = int(os.environ.get("FUZZ_CASES", "300"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
WHO = ("administrator", "reader", "nobody")
CHECKS = [
    not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip
STANDARD_HEADERS = {
    "allow", "content-length", "content-type", "cross-origin-opener-policy", "referrer-policy", "set-cookie", "vary",
    "x-content-type-options", "x-frame-options",
}  # fmt: skip
_EVENT = 10**12


def closing(environ, start_response):
    """Answer as the application that is served, and close the answer when it has been read, as the web server does."""
    answer = Application()(environ, start_response)
    try:
        return [b"".join(answer)]
    finally:
        answer.close()


def operations():
    """Return the document and the operations of the API, answered by the application that is served."""
    api = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    api.app = closing
    return api, [operation.ok() for operation in api.get_all_operations()]


def undeclared_headers(api, operation, answer):
    """Return the headers of an answer that the document does not declare, without those of HTTP and of any page."""
    responses = api.raw_schema["paths"][operation.path][operation.method]["responses"]
    declared = responses[str(answer.status_code)]
    if reference := declared.get("$ref"):
        declared = api.raw_schema["components"]["responses"][reference.rpartition("/")[2]]
    return {name.lower() for name in answer.headers} - {name.lower() for name in declared["headers"]} - STANDARD_HEADERS


@pytest.fixture
def _one_connection():
    """Let requests run within the test's transaction: Django's test client does the same."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.django_db
@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("number", [SEED], ids=lambda number: f"seed {number}")
@pytest.mark.parametrize("who", WHO)
def test_random_requests_get_described_answers(settings, caplog, who, number):
    caplog.set_level("CRITICAL")
    settings.REQUESTS_PER_MINUTE = settings.ANONYMOUS_REQUESTS_PER_MINUTE = 0
    settings.INTERACTIONS_PER_MINUTE = settings.EXPLANATIONS_PER_MINUTE = settings.SIGN_INS_PER_MINUTE = 0
    settings.ALLOWED_HOSTS = ["localhost"]
    EventFactory.create_batch(3)
    EventFactory(pk=_EVENT)
    headers = {}
    if who != "nobody":
        _, token = AuthToken.objects.create(UserFactory(is_superuser=who == "administrator"))
        headers["Authorization"] = f"Bearer {token}"
    api, known = operations()
    statuses = []

    @seed(number)
    @examples(max_examples=-(-CASES // len(WHO)), database=None, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def send(data):
        operation = data.draw(st.sampled_from(known))
        varied = list(operation.iter_parameters()) or operation.body
        mode = data.draw(st.sampled_from(GenerationMode)) if varied else GenerationMode.POSITIVE
        there = {"id": str(_EVENT), "event_id": _EVENT} if data.draw(st.booleans()) else {}
        place = {name: value for name, value in there.items() if f"{{{name}}}" in operation.path}
        case = data.draw(operation.as_strategy(mode, headers=headers, path_parameters=place))
        with transaction.atomic():
            answer = case.call_and_validate(checks=CHECKS)
            transaction.set_rollback(True)

        assert answer.status_code < 400 or len(answer.content) <= 4096
        assert undeclared_headers(api, operation, answer) == set()
        statuses.append(answer.status_code)

    send()

    assert len(statuses) >= CASES // len(WHO)
