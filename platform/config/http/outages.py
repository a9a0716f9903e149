"""What happens while the database is away or refuses: 503 at once, and good again when it is back."""

import logging
import threading
import time
from collections.abc import Callable

from django.db import DatabaseError, InterfaceError, InternalError, OperationalError, connections
from django.http import HttpRequest, HttpResponse
from psycopg import Error as PostgresError
from rest_framework.exceptions import Throttled

from api.costly import Busy
from api.databases import PRIMARY, STANDBY
from config.http import metrics
from config.http.problems import PROBES, problem_response, retry_after
from config.http.reads import may_read_standby

_PROBE_EVERY_SECONDS = 0.2
# SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html
_TIMED_OUT = {"57014": "statement", "55P03": "lock", "25P03": "transaction"}
_READ_ONLY = "25006"
_IDLE_TRANSACTION_ENDED = "25P03"
# Class 08, and the server going down, crashed or not yet up: every connection is concerned, not this statement alone.
_AWAY = {"57P01", "57P02", "57P03"}

_log = logging.getLogger("marquee.database")


class Outage:
    """Whether this process takes a database to be away.

    The first error that says so starts a thread that tries to connect until it can. Until then no request waits for
    a connection of its own; afterwards each finds by its health check that its old one is gone.
    """

    def __init__(self, alias: str = PRIMARY) -> None:
        """Begin with a database that is there."""
        self._alias = alias
        self._lock = threading.Lock()
        self._ongoing = False

    @property
    def ongoing(self) -> bool:
        """Whether the database was away when last tried."""
        return self._ongoing

    def begin(self) -> None:
        """Take the database to be away until a connection succeeds; does nothing while it is taken to be."""
        with self._lock:
            if self._ongoing:
                return
            self._ongoing = True
        threading.Thread(target=self._wait, name="database-probe", daemon=True).start()

    def _wait(self) -> None:
        started_at = time.monotonic()
        while not _answers(self._alias):
            time.sleep(_PROBE_EVERY_SECONDS)
        self._ongoing = False
        seconds_away = round(time.monotonic() - started_at, 3)
        _log.warning("The database answers again.", extra={"database": self._alias, "seconds_away": seconds_away})


OUTAGE, STANDBY_OUTAGE = Outage(PRIMARY), Outage(STANDBY)


def outage_of(alias: str) -> Outage:
    """Return the outage of a database."""
    return STANDBY_OUTAGE if alias == STANDBY else OUTAGE


def _answers(alias: str) -> bool:
    connection = connections[alias].copy()
    setattr(connection, "is_probe", True)
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    finally:
        connection.close()
    return True


def standby_answers(request: HttpRequest) -> bool:
    """Return whether a request may be answered by the standby, and the standby is there."""
    return may_read_standby(request) and not STANDBY_OUTAGE.ongoing


def sqlstate_of(error: BaseException) -> str | None:
    """Return PostgreSQL's code for a database error; None for one that did not come from the server."""
    cause = error.__cause__
    return cause.sqlstate if isinstance(cause, PostgresError) else None


def answer_to(error: BaseException, request: HttpRequest | None = None) -> HttpResponse | None:
    """Return the answer to what will pass: Busy, Throttled, some errors of the database. Return None for other errors.

    Without a request it is a problem document, else a page or a document, as the request accepts. The database's errors
    that will pass are: no connection, a timeout, too many connections, a shutdown, a crash, a standby that cannot write
    yet. They are logged with their stack.
    """
    if isinstance(error, Busy):
        metrics.REFUSED.labels("costly").inc()
        return problem_response(request, "busy", str(error.detail))
    if isinstance(error, Throttled) and request is not None:
        wait = retry_after(getattr(error, "wait", None) or 1)
        return problem_response(request, "throttled", str(error.detail), headers=wait)
    state = sqlstate_of(error)
    if not isinstance(error, OperationalError | InterfaceError) and not (
        isinstance(error, InternalError) and state in (_READ_ONLY, _IDLE_TRANSACTION_ENDED)
    ):
        return None
    _log.warning("The database failed a request.", exc_info=error, extra={"sqlstate": state})
    if state in _TIMED_OUT:
        metrics.REFUSED.labels("timeout").inc()
        return problem_response(request, "timeout", f"The database took too long ({_TIMED_OUT[state]} timeout).")
    if state is None or state in _AWAY or state.startswith("08"):
        for alias in _failed() or [PRIMARY]:
            outage_of(alias).begin()
    metrics.REFUSED.labels("database").inc()
    return problem_response(request, "database_unavailable", "The database does not answer at the moment.")


def _failed() -> list[str]:
    """Return the databases of which this request has seen an error."""
    return [connection.alias for connection in connections.all(initialized_only=True) if connection.errors_occurred]


class OutageMiddleware:
    """Answers 503 at once while the database is away, and to what it refuses in views outside the API.

    What a standby may answer goes on (config/http/standby.py).
    The API's own views get there by the exception handler, other middleware by the handler of errors.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if OUTAGE.ongoing and request.path not in PROBES and not standby_answers(request):
            metrics.REFUSED.labels("database").inc()
            return problem_response(request, "database_unavailable", "The database does not answer at the moment.")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Answer an error of a view; None leaves it to Django."""
        return answer_to(exception, request)
