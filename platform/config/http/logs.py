"""Log lines without secrets, and the one logging configuration of servers, workers and commands."""

import copy
import logging
import logging.config
import re
import sys
import threading
import traceback
from contextvars import ContextVar
from datetime import datetime
from types import TracebackType
from typing import Any

import psycopg
from django.core.exceptions import SuspiciousOperation
from django.db.utils import Error as DatabaseError
from pythonjsonlogger.json import JsonFormatter

# Note [Secrets]
# What clients send and what rows contain stays out of the log in three steps:
#   - values that are known to be a client's are not written at all: the request object and its path, the text of
#     Django's SuspiciousOperation, everything that PostgreSQL adds to the first line of an error (text_of);
#   - what is left is searched for the shapes of secrets (without_secrets): another library's message may quote them;
#   - every logger writes through the root's handler (configure), so that no library's own handler skips the two.
# Below INFO, Django and psycopg write statements and template contexts with all their values: only our own loggers
# may be set to DEBUG.

# The id of the request that is being answered; every line that is logged meanwhile carries it.
REQUEST_ID: ContextVar[str | None] = ContextVar("REQUEST_ID", default=None)

# Each takes time in proportion to the text: only the last repetition of a pattern is unbounded, so that nothing behind
# it can fail, and what it consumed is not searched again. A test holds all of them to that.
SECRETS = tuple(
    (re.compile(pattern), replacement)
    for pattern, replacement in (
        # PostgreSQL repeats rows, parameters and statements; a value may continue on the next line.
        (r"(?:^|\s)(?:DETAIL|HINT|CONTEXT|QUERY|STATEMENT|LINE [0-9]{1,9}):[\s\S]*", ""),
        (r"(?<=://)[^\s/@]{1,256}@", "[credentials]@"),
        # The host of a URL may be needed, to set CSRF_TRUSTED_ORIGINS for example.
        (r"(https?://[^\s/?#\"'<>]{1,256})[/?#][^\s\"'<>]*", r"\1/[path]"),
        (r"(?<=[\w/.])\?[^\s\"'<>]+", "?[parameters]"),
        (r"(?<=/password-reset/)[^\s\"'<>]+", "[token]"),
        (r"(?<=/confirm-email/)[^\s\"'<>]+", "[token]"),
        (r"[\w.+-]{1,64}(?:@|%40)[\w.-]+", "[e-mail]"),
        (r"(?i)\b(?:bearer|basic)\s{1,8}[^\s\"',]+", "[token]"),
        # Headers, cookies and fields by their names, whatever their values look like.
        (
            r"(?i)\b((?:authorization|cookie|set-cookie|idempotency-key|x-csrftoken|csrfmiddlewaretoken|csrftoken"
            r"|sessionid|token|old_?password|new_password[12]?|password[12]?)[\"']?\s{0,4}[:=])[^\n]+",
            r"\1 [secret]",
        ),
        # Tokens, of password resets too, session keys and CSRF tokens. Not 32 hexadecimal digits: those are ids.
        (r"\b[0-9a-z]{1,13}-[0-9a-f]{32}\b", "[token]"),
        (r"\b(?![0-9a-f]{32}\b)(?=[A-Za-z]{0,31}[0-9])[0-9A-Za-z]{32,}", "[token]"),
    )
)
# The loggers of the web server.
_SERVER_LOGGERS = ("granian", "_granian")
# Of an exception chain; longer ones are cut off at the oldest.
_CHAIN_MAX = 10


def without_secrets(text: str) -> str:
    """Return a text without e-mail addresses, tokens, parameters of URLs and what PostgreSQL quotes from a row."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


def text_of(error: BaseException) -> str:
    """Return the text of an exception without the values that it quotes from a client or a row.

    Of an error of PostgreSQL it is the first line and the SQLSTATE; of a data exception (class 22), whose first line
    quotes the value, the SQLSTATE alone. Of Django's SuspiciousOperation it is nothing: all quote the client.
    """
    if isinstance(error, SuspiciousOperation):
        return ""
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    if not isinstance(cause, psycopg.Error):
        return without_secrets(str(error))
    if cause.sqlstate is None:
        # Not from the server: it says why there is no connection, over several lines.
        return " ".join(without_secrets(str(cause)).split())
    first_line = "" if cause.sqlstate.startswith("22") else without_secrets(cause.diag.message_primary or "")
    return f"{first_line} (SQLSTATE {cause.sqlstate})".strip()


def traceback_of(error: BaseException) -> str:
    """Return the tracebacks of an exception and of those that led to it, the oldest first, by `text_of` each."""
    chain: list[BaseException] = []
    following: BaseException | None = error
    while following is not None and len(chain) < _CHAIN_MAX:
        chain.append(following)
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return "\n\nThis led to:\n\n".join(
        f"Traceback (most recent call last):\n{''.join(traceback.format_tb(each.__traceback__))}"
        f"{type(each).__module__}.{type(each).__qualname__}: {text_of(each)}"
        for each in reversed(chain)
    )


class RequestIdFilter(logging.Filter):
    """Gives each record the id of the request that is being answered."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        record.request_id = REQUEST_ID.get()
        return True


class SafeFormatter(logging.Formatter):
    """A formatter that writes no secrets. See Note [Secrets]."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record's text; other handlers get the record as it was."""
        return super().format(_without_request(copy.copy(record)))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 (logging's name)
        """Return the line without what is below it."""
        return without_secrets(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802
        """Return the tracebacks."""
        return traceback_of(ei[1])

    def formatStack(self, stack_info: str) -> str:  # noqa: N802
        """Return the stack."""
        return without_secrets(stack_info)


def _without_request(record: logging.LogRecord) -> logging.LogRecord:
    """Return a record without the request, its path, the texts of exceptions, and what a web server quotes."""
    request = record.__dict__.pop("request", None)
    # Another formatter may have left its own text of the exception here.
    record.exc_text = None
    if record.name.startswith("django.security.") and record.exc_info and record.exc_info[1]:
        # The text of the exception once more, which quotes the client. The logger's name says what was wrong.
        record.msg, record.args = type(record.exc_info[1]).__name__, ()
    if isinstance(record.msg, BaseException):
        record.msg, record.args = text_of(record.msg), ()
    if isinstance(record.args, tuple):
        record.args = tuple(text_of(value) if isinstance(value, BaseException) else value for value in record.args)
        if record.name.startswith(_SERVER_LOGGERS) and record.levelno >= logging.WARNING:
            # The request line or header that it could not read, or the address of a request that failed.
            record.args = tuple("[…]" if isinstance(value, str | bytes) else value for value in record.args)
    if request is not None:
        # Django's own lines end with the path; ours tell the route.
        record.msg, record.args = record.getMessage().removesuffix(f": {request.path}"), ()
    return record


class LineFormatter(SafeFormatter):
    """For a developer's terminal."""


class StructuredFormatter(SafeFormatter, JsonFormatter):
    """For a collector of logs: time, level, logger, message, request_id, and what the record adds."""

    def __init__(self) -> None:
        """Name the fields."""
        super().__init__(
            "%(levelname)s %(name)s %(message)s %(request_id)s",
            rename_fields={"levelname": "level", "name": "logger"},
            timestamp="time",
        )

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Return the fields without secrets, and without those that say nothing."""
        return {
            # formatException has been over exc_info, which also holds lines of code.
            name: value
            if name == "exc_info" or isinstance(value, bool | int | float | datetime)
            else without_secrets(str(value))
            for name, value in log_data.items()
            if value is not None
        }


def logging_to(stream: str, *, level: str, structured: bool) -> dict[str, Any]:
    """Return the configuration (logging.config.dictConfig) of a log in JSON, or in lines for a developer's terminal."""
    formatter: dict[str, Any] = {"()": StructuredFormatter}
    if not structured:
        formatter = {"()": LineFormatter, "fmt": "%(asctime)s %(levelname)s %(name)s %(message)s"}
    handler = {
        "class": "logging.StreamHandler",
        "stream": stream,
        "formatter": "chosen",
        "filters": ["request_id"],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"request_id": {"()": RequestIdFilter}},
        "formatters": {"chosen": formatter},
        "handlers": {"chosen": handler},
        # See Note [Secrets] for why DEBUG is for our own loggers alone.
        "root": {"handlers": ["chosen"], "level": "INFO" if level == "DEBUG" else level},
        "loggers": {
            "marquee": {"level": level},
            # Django prints to its own console handler too while DEBUG is on; once is enough.
            "django": {"level": "NOTSET", "handlers": [], "propagate": True},
            # The development server's, which tells addresses, with what stands in them: through our formatters.
            "django.server": {"level": "NOTSET", "handlers": [], "propagate": True},
            # Answers of 4xx are in the line of each request already.
            "django.request": {"level": "ERROR"},
        },
    }


def configure(configuration: dict[str, Any]) -> None:
    """Apply a configuration, and take from every other logger, a web server's for example, the handlers it came with.

    What they log goes to the root's handler, and through its formatter. This is Django's LOGGING_CONFIG.
    """
    logging.config.dictConfig(configuration)
    for logger in logging.root.manager.loggerDict.values():
        if isinstance(logger, logging.Logger):
            logger.handlers.clear()
            logger.propagate = True


def configure_serving(configuration: dict[str, Any]) -> None:
    """Apply the configuration of a process that serves or works: what Python itself would print is logged, too.

    That is: warnings, exceptions that nobody caught, and the arguments of a message that cannot be formatted, which are
    dropped.
    """
    configure(configuration)
    logging.captureWarnings(True)
    logging.raiseExceptions = False
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda uncaught: _log_uncaught(
        uncaught.exc_type, uncaught.exc_value or uncaught.exc_type(), uncaught.exc_traceback
    )


def _log_uncaught(kind: type[BaseException], error: BaseException, stack: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, stack)
    else:
        logging.getLogger("marquee").critical("Nobody expected this error.", exc_info=(kind, error, stack))
