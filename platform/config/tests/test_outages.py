"""Tests of answers while the database is away, slow or full."""

import json
import logging

import pytest
from django.db import OperationalError, connection
from psycopg import errors

from config.http import outages
from config.http.errors import exception_handler, server_error
from config.http.outages import Outage, answer_to
from events.tests.factories import EventFactory
from users.tests.factories import UserFactory


def _failure(cause: Exception) -> OperationalError:
    error = OperationalError("failed")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("cause", "word"),
    [
        (errors.QueryCanceled, "statement timeout"),
        (errors.LockNotAvailable, "lock timeout"),
        (errors.TooManyConnections, "does not answer"),
    ],
)
def test_passing_failure_is_a_503_that_says_when_to_come_back(cause, word):
    answer = answer_to(_failure(cause("x")))

    assert (answer.status_code, answer["Retry-After"], answer["Content-Type"]) == (503, "1", "application/problem+json")
    assert word in json.loads(answer.content)["detail"]
    assert outages.OUTAGE.ongoing is False


def test_other_errors_are_ours():
    assert answer_to(ValueError("bug")) is None
    assert exception_handler(_failure(errors.QueryCanceled("x")), {}).status_code == 503
    try:
        raise _failure(errors.QueryCanceled("x"))
    except OperationalError:
        assert server_error(None).status_code == 503


@pytest.mark.django_db
def test_slow_statement_is_a_503_and_leaves_a_trace(api_of, caplog):
    client = api_of(UserFactory())
    EventFactory()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = '1ms'")
    with caplog.at_level(logging.WARNING), connection.execute_wrapper(_slowly):
        answer = client.get("/events")

    assert (answer.status_code, answer["Retry-After"]) == (503, "1")
    assert [record.exc_info is not None for record in caplog.records if record.name == "marquee.database"] == [True]


def _slowly(execute, sql, params, many, context):
    return execute(
        sql.replace("SELECT ", "SELECT pg_sleep(0.1), ", 1) if sql.startswith("SELECT") else sql, params, many, context
    )


@pytest.mark.django_db(transaction=True)
def test_requests_are_refused_at_once_until_the_database_answers(client, monkeypatch):
    outage = Outage()
    monkeypatch.setattr(outages, "OUTAGE", outage)
    outage._ongoing = True

    refused = client.get("/users/me")
    alive = client.get("/healthz")
    outage._wait()

    assert (refused.status_code, refused["Retry-After"], alive.status_code) == (503, "1", 200)
    assert (outage.ongoing, client.get("/users/me").status_code) == (False, 401)


@pytest.mark.django_db(transaction=True)
def test_connection_that_the_server_ends_is_replaced(api_of):
    client = api_of(UserFactory())
    ended = connection.copy()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    with ended.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
    ended.close()

    statuses = [client.get("/events").status_code]
    connection.close()
    statuses.append(client.get("/readyz").status_code)

    assert statuses[0] == 503
    assert outages.sqlstate_of(ValueError()) is None
