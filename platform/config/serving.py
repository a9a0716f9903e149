"""This file holds what only a process that answers requests sets: no statement may take long, the log is its output."""

import logging.config
from typing import Any

from django.conf import settings
from django.db import connections


def prepare() -> None:
    """Limit what statements may take, and log to standard output; before the first connection is made.

    Commands are left alone: a migration or a load may take its time, and what they print is theirs.
    """
    database: dict[str, Any] = connections["default"].settings_dict
    database["OPTIONS"] = {**database["OPTIONS"], **settings.SERVING_DATABASE_OPTIONS}
    logging.config.dictConfig(settings.SERVING_LOGGING)
