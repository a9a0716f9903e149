"""Reads on a standby, in which everybody finds what they wrote themselves.

An answer to a request that wrote carries the position of the write-ahead log that the primary had reached, signed, in
the header Read-After, and for browsers in a cookie. Who sends it along is answered by a standby that has replayed that
much, else by the primary. Who drops it is answered by the primary for RECENT_SECONDS after their last write.
"""

import hashlib
import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import MiddlewareNotUsed
from django.core.signing import BadSignature, Signer
from django.db import DatabaseError, connections
from django.http import HttpRequest, HttpResponse

from api.databases import PRIMARY, STANDBY, has_standby, reading_from
from config.http.outages import OUTAGE, STANDBY_OUTAGE, standby_answers
from config.http.problems import problem_response
from config.http.reads import SAFE_METHODS

HEADER, COOKIE = "Read-After", "read_after"
RECENT_SECONDS = 5
_SIGNER = Signer(salt="marquee.read-after")
_POSITION = re.compile(r"([0-9A-F]{1,8}/[0-9A-F]{1,8}) ([0-9a-z]*)", re.ASCII)
_INCARNATION = "coalesce((SELECT incarnation FROM recommendations_cluster), '')"
_WRITTEN = f"SELECT pg_current_wal_insert_lsn()::text || ' ' || {_INCARNATION}"
# A standby that was promoted is a primary, and has everything. The position of another incarnation means nothing here.
_REPLAYED = f"""
    SELECT {_INCARNATION} = %(incarnation)s AND coalesce(pg_last_wal_replay_lsn() >= %(lsn)s::pg_lsn, true)
"""

_log = logging.getLogger("marquee.database")


class StandbyMiddleware:
    """Answers reads from the standby, and again from the other database if one fails meanwhile."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain; not used without a standby."""
        if not has_standby():
            raise MiddlewareNotUsed
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        if request.method not in SAFE_METHODS:
            response = self.get_response(request)
            if response.status_code < 400:
                _tell_position(request, response)
            return response
        if not standby_answers(request):
            return self.get_response(request)
        try:
            position = _position_of(request)
        except BadSignature:
            detail = f"The header {HEADER} is not one that an answer had. Send it as it was given, or leave it out."
            return problem_response(request, "invalid", detail)
        alias = STANDBY if _has_own_writes(request, position) else PRIMARY
        response = self._read(request, alias)
        if response.status_code == 503 and STANDBY_OUTAGE.ongoing and not OUTAGE.ongoing:
            return self._read(request, PRIMARY)
        # Who shows a position would miss what they wrote.
        if response.status_code == 503 and OUTAGE.ongoing and not STANDBY_OUTAGE.ongoing and position is None:
            return self._read(request, STANDBY)
        return response

    def _read(self, request: HttpRequest, alias: str) -> HttpResponse:
        with reading_from(alias):
            return self.get_response(request)


def _position_of(request: HttpRequest) -> tuple[str, str] | None:
    """Return the position and incarnation that the client shows; BadSignature for a header that was made up."""
    written = request.headers.get(HEADER)
    if written is None:
        written = request.COOKIES.get(COOKIE)
        if written is None:
            return None
    match = _POSITION.fullmatch(_SIGNER.unsign(written))
    if match is None:
        raise BadSignature
    return match[1], match[2]


def _has_own_writes(request: HttpRequest, position: tuple[str, str] | None) -> bool:
    """Return whether the standby has everything that the client wrote."""
    if position is None:
        # While the primary is away there is nothing that could be newer.
        return OUTAGE.ongoing or not _wrote_recently(request)
    lsn, incarnation = position
    try:
        with connections[STANDBY].cursor() as cursor:
            cursor.execute(_REPLAYED, {"lsn": lsn, "incarnation": incarnation})
            (replayed,) = cursor.fetchone()
            return bool(replayed)
    except DatabaseError as error:
        _log.warning("The standby does not answer.", exc_info=error)
        STANDBY_OUTAGE.begin()
        return False


def _tell_position(request: HttpRequest, response: HttpResponse) -> None:
    """Add to the answer which position of the log a later read must have seen."""
    try:
        with connections[PRIMARY].cursor() as cursor:
            cursor.execute(_WRITTEN)
            (written,) = cursor.fetchone()
    except DatabaseError:
        # What was written is safe; for a moment, reads by this client go to the primary.
        written = None
    if written is not None:
        response[HEADER] = signed = _SIGNER.sign(written)
        if settings.SESSION_COOKIE_NAME in (*request.COOKIES, *response.cookies):
            response.set_cookie(COOKIE, signed, secure=settings.HTTPS_ONLY, httponly=True, samesite="Lax")
    try:
        cache.set_many(dict.fromkeys(_clients_of(request, response), True), timeout=RECENT_SECONDS)
    except Exception as error:  # Each cache has errors of its own.
        _log.warning("The cache does not answer: %s: %s", type(error).__name__, error)


def _wrote_recently(request: HttpRequest) -> bool:
    """Return whether the client wrote something a moment ago; also if the cache, which knows, does not answer."""
    try:
        return bool(cache.get_many(_clients_of(request)))
    except Exception as error:  # Each cache has errors of its own.
        _log.warning("The cache does not answer: %s: %s", type(error).__name__, error)
        return True


def _clients_of(request: HttpRequest, response: HttpResponse | None = None) -> list[str]:
    """Return a key for each of the client's credentials: a token, a session, one that begins with this answer."""
    credentials = [request.headers.get("Authorization", ""), request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")]
    if response is not None and settings.SESSION_COOKIE_NAME in response.cookies:
        credentials.append(response.cookies[settings.SESSION_COOKIE_NAME].value)
    return [f"wrote:{hashlib.sha256(each.encode()).hexdigest()}" for each in credentials if each]
