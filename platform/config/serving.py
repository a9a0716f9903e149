"""What only a process that answers requests sets: no statement may take long, the log is its output."""

import gc
import sys
from typing import Any

from django.conf import settings
from django.db import connections

from config.http.logs import configure_serving
from config.http.outages import outage_of
from config.postgres.base import DatabaseWrapper, Patience

# Beyond the server's own limit on a statement: it is the server that should say no.
_GRACE_SECONDS = 0.3
_CHECK_SECONDS = 1.0
# New objects between two looks for cycles. A page of the feed makes some hundreds, none of them in one: with Python's
# 700, a fifth of its time went into looking.
_OBJECTS_BETWEEN_COLLECTIONS = 20_000
# For which a thread that computes, an export say, keeps the interpreter from the others. With Python's 5 ms each
# statement of a feed beside an export waited for so long.
_SWITCH_SECONDS = 0.001


def prepare() -> None:
    """Limit what statements may take, and log to standard output; before the first connection is made.

    Commands are left alone: a migration or a load may take its time, and what they print is theirs.
    """
    DatabaseWrapper.patience = Patience(
        # 0 stands for no limit, as it does for the server.
        statement_seconds=settings.STATEMENT_SECONDS + _GRACE_SECONDS if settings.STATEMENT_SECONDS else None,
        check_seconds=_CHECK_SECONDS,
        on_silence=lambda alias: outage_of(alias).begin(),
        is_away=lambda alias: outage_of(alias).ongoing,
    )
    for alias in connections:
        database: dict[str, Any] = connections[alias].settings_dict
        database["OPTIONS"] = {**database["OPTIONS"], **settings.SERVING_DATABASE_OPTIONS}
    configure_serving(settings.SERVING_LOGGING)
    sys.setswitchinterval(_SWITCH_SECONDS)
    # What has been imported stays: nobody needs to look through it again.
    gc.collect()
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    # Here, because models can be imported only when Django is set up.
    from recommendations.embeddings.serving import load_in_background

    load_in_background()
