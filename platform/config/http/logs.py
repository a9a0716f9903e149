"""This file holds the form of the log: one JSON object a line, with the request's id and nobody's secrets."""

import logging
import re
from contextvars import ContextVar
from typing import Any

from pythonjsonlogger.json import JsonFormatter

# The id of the request that is being answered; every line that is logged meanwhile carries it.
REQUEST_ID: ContextVar[str | None] = ContextVar("REQUEST_ID", default=None)
# What PostgreSQL adds to an error repeats the row, with the e-mail or title in it; the first line says what is wrong.
_SECRETS = (
    (re.compile(r"^(DETAIL|CONTEXT|HINT):.*\n?", re.MULTILINE), ""),
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "[e-mail]"),
    (re.compile(r"(?i)\bbearer\s+\S+"), "[token]"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "[token]"),
)


def without_secrets(text: str) -> str:
    """Return a text without e-mail addresses, tokens and the values that PostgreSQL quotes from a row."""
    for pattern, replacement in _SECRETS:
        text = pattern.sub(replacement, text)
    return text


class RequestIdFilter(logging.Filter):
    """Gives each record the id of the request that is being answered."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass."""
        record.request_id = REQUEST_ID.get()
        return True


class LineFormatter(logging.Formatter):
    """For a developer's terminal."""

    def format(self, record: logging.LogRecord) -> str:
        """Return one line, and the stack of an error below it."""
        return without_secrets(super().format(record))


class StructuredFormatter(JsonFormatter):
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
        if log_data.get("logger") == "django.request":
            # Django's own lines tell the address, with what is searched for and tokens in it; ours tell the route.
            log_data["message"] = log_data["message"].partition(": /")[0]
            log_data.pop("request", None)
        return {
            name: without_secrets(value) if isinstance(value, str) else value
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
        "root": {"handlers": ["chosen"], "level": level},
        "loggers": {
            # Django prints to its own console handler too while DEBUG is on; once is enough.
            "django": {"handlers": [], "propagate": True},
            # The development server's, which tells addresses, with what stands in them: through our formatters.
            "django.server": {"handlers": [], "propagate": True},
            # Answers of 4xx are in the line of each request already.
            "django.request": {"level": "ERROR"},
        },
    }
