"""The limits on requests, counted in the memory of each process."""

import math
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from users.authentication import user_of
from users.models import User
from users.rate_limits import ANONYMOUS_REQUESTS, REQUESTS, client_address

_BURST_SECONDS = 60.0
# Shares are added up, so that the last one of a minute may end a little later than the minute.
_ROUNDING_SECONDS = 1e-6
# Entries; when there are more, those of who has everything left again are dropped.
_REMEMBERED = 50_000


class _Meter:
    """The generic cell rate algorithm (ITU-T I.371, A.1) for many keys: one time for each, safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent_until: dict[str, float] = {}

    def take(self, key: str, share: float, now: float) -> tuple[float, float]:
        """Count one more if `key` has a share left. Return the seconds until it has one, and until it has all again.

        The first are 0 if one more was counted.
        """
        with self._lock:
            spent_until = max(self._spent_until.get(key, now), now) + share
            if spent_until > now + _BURST_SECONDS + _ROUNDING_SECONDS:
                return spent_until - now - _BURST_SECONDS, spent_until - share - now
            self._spent_until[key] = spent_until
            if len(self._spent_until) > _REMEMBERED:
                self._spent_until = {key: until for key, until in self._spent_until.items() if until > now}
            return 0.0, spent_until - now

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._spent_until = {}


METER = _Meter()


@dataclass(frozen=True)
class RequestCount:
    """What is left of a limit on requests: 0 seconds to wait if the request may be answered."""

    wait_seconds: float
    per_minute: int
    left: int
    renewal_seconds: int


def count_request(request: HttpRequest, user: User | None) -> RequestCount | None:
    """Count a request of a user, or of the client's address for None; None if there is no limit."""
    limit = ANONYMOUS_REQUESTS if user is None else REQUESTS
    key = f"address {client_address(request)}" if user is None else f"user {user.pk}"
    per_minute: int = getattr(settings, str(limit.allowed))
    if per_minute == 0:
        return None
    share = _BURST_SECONDS / per_minute
    wait, renewal = METER.take(key, share, time.monotonic())
    left = int((_BURST_SECONDS - renewal + _ROUNDING_SECONDS) / share)
    return RequestCount(wait, per_minute, left, max(1, math.ceil(renewal if left else wait or share)))


class RequestThrottle(BaseThrottle):
    """The limits on requests: see count_request()."""

    _wait = 0.0
    _headers: Mapping[str, str] = {}

    def allow_request(self, request: Request, view: Any) -> bool:
        """Say whether the request may be answered."""
        count = count_request(request._request, user_of(request))
        if count is None:
            return True
        self._wait = count.wait_seconds
        self._headers = {
            "RateLimit-Policy": f'"requests";q={count.per_minute};w={_BURST_SECONDS:.0f}',
            "RateLimit": f'"requests";r={count.left};t={count.renewal_seconds}',
        }
        return not self._wait

    def headers(self) -> Mapping[str, str]:
        """Return the limit and what is left of it, as draft-ietf-httpapi-ratelimit-headers-11 writes them.

        `t` is when everything is available again or, if nothing is left, when one request is, as in Retry-After.
        """
        return self._headers

    def wait(self) -> float:
        """Return how many seconds until the next request may be."""
        return self._wait
