"""Tests that no log line holds a secret."""

import json
import logging
import re
from re import _constants as kinds  # type: ignore[attr-defined]
from re import _parser  # type: ignore[attr-defined]

import pytest
from django.core.exceptions import DisallowedHost
from django.db import DataError, IntegrityError, connection
from django.http import HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.log import log_response

from config.http import logs
from config.http.logs import (
    LineFormatter,
    RequestIdFilter,
    StructuredFormatter,
    text_of,
    traceback_of,
    without_secrets,
)
from users.tests.factories import UserFactory

FORMATTERS = [StructuredFormatter(), LineFormatter("%(levelname)s %(name)s %(message)s")]
SESSION_KEY = "4k2j9xq0w8e7r6t5y4u3i2o1p0a9s8d7"


def _logged(formatter, logger="x", level=logging.ERROR, message="", *args, exc_info=None, **extra):
    record = logging.getLogger(logger).makeRecord(logger, level, "file.py", 1, message, args, exc_info, extra=extra)
    RequestIdFilter().filter(record)
    return formatter.format(record)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("no column\nLINE 1: SELECT 'hunter2'\n               ^", "no column"),
        ("duplicate key. DETAIL:  Key (title)=(hunter2\nhunter2) exists.", "duplicate key."),
        ("postgres://marquee:hunter2@db/marquee", "postgres://[credentials]@db/marquee"),
        ("https://evil.example/hunter2?hunter2 is not trusted", "https://evil.example/[path] is not trusted"),
        ("GET /recommendations.ics?token=hunter2 HTTP/1.1", "GET /recommendations.ics?[parameters] HTTP/1.1"),
        ("GET /password-reset/MQ/hunter2 HTTP/1.1", "GET /password-reset/[token] HTTP/1.1"),
        ("duplicate key\nDETAIL:  Key (email)=(ana@example.org) exists.", "duplicate key"),
        ("to ana.b+c@example.org, or ana%40localhost", "to [e-mail], or [e-mail]"),
        ("Authorization: Basic hunter2", "Authorization: [secret]"),
        ("a bearer hunter2 came", "a [token] came"),
        ("{'Cookie': 'sessionid=hunter2; x=hunter2'}\nmore", "{'Cookie': [secret]\nmore"),
        ("old_password=hunter2 hunter2", "old_password= [secret]"),
        (f"the session {SESSION_KEY} ended", "the session [token] ended"),
        ("the link c8x-" + "0f" * 16, "the link [token]"),
        ("the token " + "0f" * 32, "the token [token]"),
        # What is no secret stays.
        ("request " + "0f" * 16 + ", is it? Yes.", "request " + "0f" * 16 + ", is it? Yes."),
        ("0009_event_newest_in_order UserAttributeSimilarityValidator", None),
    ],
)
def test_secrets_are_recognised_by_their_shape_or_name(text, written):
    assert without_secrets(text) == (text if written is None else written)


@pytest.mark.parametrize("pattern", [pattern for pattern, _ in logs.SECRETS], ids=lambda pattern: pattern.pattern[:30])
def test_search_takes_time_in_proportion_to_the_text(pattern):
    """Only the last repetition is unbounded: each other position costs a bounded number of steps."""
    assert is_linear(pattern)


def test_search_for_addresses_of_0_1_was_not():
    assert not is_linear(re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"))


def is_linear(pattern):
    *before, last = _parser.parse(pattern.pattern, pattern.flags & ~re.UNICODE)
    repeated = last[1][2] if last[0] == kinds.MAX_REPEAT else last
    return not any(map(_is_unbounded, (*before, repeated)))


def _is_unbounded(node):
    """Whether a part of a parsed pattern, or what is in it, repeats without a bound."""
    if isinstance(node, _parser.SubPattern | list | tuple):
        is_repeat = len(node) == 2 and node[0] in (kinds.MAX_REPEAT, kinds.MIN_REPEAT, kinds.POSSESSIVE_REPEAT)
        return (is_repeat and node[1][1] is kinds.MAXREPEAT) or any(map(_is_unbounded, node))
    return False


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_request_and_its_path_are_not_written(formatter, rf):
    request = rf.post("/password-reset/MQ/hunter2?q=hunter2", headers={"Origin": "https://evil.example/hunter2"})

    line = _logged(formatter, "django.security.csrf", logging.WARNING, "Forbidden (%s): %s", "No cookie", request.path,
                   request=request, status_code=403)  # fmt: skip

    assert "Forbidden (No cookie)" in line
    assert "hunter2" not in line


def test_csrf_warning_of_django_itself_holds_no_path(rf, caplog):
    """Django passes the request along with its warning."""
    request = rf.post("/password-reset/MQ/hunter2?token=hunter2", {"password": "hunter2"})
    request.META["HTTP_ORIGIN"] = "https://evil.example"

    CsrfViewMiddleware(lambda _: HttpResponse()).process_view(request, lambda _: HttpResponse(), (), {})

    (record,) = caplog.records
    RequestIdFilter().filter(record)
    lines = [formatter.format(record) for formatter in FORMATTERS]
    assert ["hunter2" in line for line in lines] == [False, False]
    assert ["https://evil.example does not match any trusted origins" in line for line in lines] == [True, True]


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_what_a_web_server_quotes_is_not_written(formatter):
    refused = _logged(formatter, "granian", logging.WARNING, "Invalid request from ip=%s: %s", "::1", "hunter2")
    failed = _logged(formatter, "_granian", logging.ERROR, "Error handling request %s", "/users/hunter2")
    started = _logged(formatter, "granian", logging.INFO, "Listening at: %s", "http://127.0.0.1:8000")

    assert ("hunter2" in refused, "hunter2" in failed) == (False, False)
    assert "Listening at: http://127.0.0.1:8000" in started


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_refused_host_is_not_quoted(formatter):
    error = DisallowedHost("Invalid HTTP_HOST header: 'hunter2'.")

    line = _logged(formatter, "django.security.DisallowedHost", logging.ERROR, str(error),
                   exc_info=(DisallowedHost, error, None))  # fmt: skip

    assert ("hunter2" in line, "DisallowedHost" in line) == (False, True)


def _error_of(statement, parameters=()):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError) as raised, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, parameters)
    return raised.value


@pytest.mark.django_db
@pytest.mark.parametrize("formatter", FORMATTERS)
def test_values_that_postgresql_quotes_are_not_written(formatter):
    UserFactory(email="ana@example.org")
    taken = _error_of("INSERT INTO users_user (username, email) SELECT 'hunter2', email FROM users_user")
    wrong = _error_of("SELECT CAST(%s AS integer)", ["hunter2\nhunter2"])

    assert isinstance(taken, IntegrityError)
    assert isinstance(wrong, DataError)
    for error in (taken, wrong, taken.__cause__, wrong.__cause__):
        line = _logged(formatter, "x", logging.ERROR, "%s", error, exc_info=(type(error), error, error.__traceback__))
        assert "hunter2" not in line
        assert error.__class__.__name__ in line
    assert text_of(wrong) == "(SQLSTATE 22P02)"


@pytest.mark.django_db
def test_unique_violation_names_the_constraint_but_not_the_value():
    ana = UserFactory(email="ana@example.org")
    ben = UserFactory()

    error = _error_of("UPDATE users_user SET email = %s WHERE id = %s", [ana.email.upper(), ben.pk])

    assert text_of(error) == ('duplicate key value violates unique constraint "user_email_unique" (SQLSTATE 23505)')


def test_traceback_tells_what_led_to_the_error():
    try:
        try:
            raise ValueError("of ana@example.org")
        except ValueError as first:
            raise KeyError("title") from first
    except KeyError as error:
        shown = traceback_of(error)

    lines = shown.splitlines()
    assert "builtins.ValueError: of [e-mail]" in lines
    assert lines[-1] == "builtins.KeyError: 'title'"
    assert lines.count("Traceback (most recent call last):") == 2


def test_every_logger_writes_through_the_roots_handler(tmp_path, restored_logging):
    """Whatever handlers a library has given its own loggers."""
    own = tmp_path / "own.log"
    server = logging.getLogger("some.web.server")
    server.addHandler(logging.FileHandler(own))
    server.propagate = False
    log = tmp_path / "log"
    with log.open("w") as stream:
        logs.configure(logs.logging_to(stream, level="DEBUG", structured=True))
        server.error("to ana@example.org")
        logging.getLogger("django.template").debug("a context with secrets")
        logging.getLogger("marquee.worker").debug("ours")

    messages = [json.loads(line)["message"] for line in log.read_text().splitlines()]
    assert (own.read_text(), messages) == ("", ["to [e-mail]", "ours"])


def test_what_python_prints_itself_is_logged(tmp_path, restored_logging, monkeypatch):
    log, address = tmp_path / "log", "ana@example.org"
    with log.open("w") as stream:
        logs.configure_serving(logs.logging_to(stream, level="WARNING", structured=False))
        try:
            raise ValueError(f"of {address}")
        except ValueError as error:
            logs.sys.excepthook(ValueError, error, error.__traceback__)
        logging.getLogger("x").error("%d", address)  # It does not fit.

    assert "builtins.ValueError: of [e-mail]" in log.read_text()
    assert address not in log.read_text()


@pytest.fixture
def restored_logging(monkeypatch):
    """Put the root's handlers and the hooks back as they were."""
    import sys
    import threading

    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    monkeypatch.setattr(logging, "raiseExceptions", logging.raiseExceptions)
    yield
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.mark.parametrize("formatter", FORMATTERS)
def test_record_is_left_as_it_was_for_other_handlers(formatter, rf):
    request = rf.get("/hunter2")
    record = logging.LogRecord("x", logging.ERROR, "file.py", 1, "%s: %s", ("Not Found", "/hunter2"), None)
    record.request = request
    RequestIdFilter().filter(record)

    formatter.format(record)

    assert (record.getMessage(), record.request) == ("Not Found: /hunter2", request)


def test_response_that_failed_is_logged_without_its_path(rf, caplog):
    request, response = rf.get("/users/hunter2"), HttpResponse(status=500)

    log_response("%s: %s", response.reason_phrase, request.path, request=request, response=response)

    RequestIdFilter().filter(caplog.records[0])
    assert json.loads(FORMATTERS[0].format(caplog.records[0]))["message"] == "Internal Server Error"


@pytest.mark.django_db
def test_embedded_server_logs_neither_rows_nor_statements(settings):
    if settings.DATABASES["default"]["ENGINE"] != "config.localdb":
        pytest.skip("This is another server, whose settings are its owner's (docs/operations.md).")
    names = ["log_error_verbosity", "log_min_error_statement", "log_parameter_max_length_on_error", "log_statement"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [names])
        result = dict(cursor.fetchall())

    assert result == dict(zip(names, ["terse", "panic", "0", "none"], strict=True))
