"""The limit on requests in this process: quick, and coarse, for it knows nothing of the others."""

import threading
import time
from typing import Any

from django.conf import settings
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from config.http import metrics
from users.client_address import client_address

_BURST_SECONDS = 60.0
# Entries; when there are more, those of who has everything left again are dropped.
_REMEMBERED = 50_000


class _Meter:
    """The generic cell rate algorithm (ITU-T I.371, A.1) for many keys: one time for each, safe in threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._spent_until: dict[str, float] = {}

    def wait_for(self, key: str, share: float, now: float) -> float:
        """Return 0 and count one more if `key` has a share left, else the seconds until it has."""
        with self._lock:
            spent_until = max(self._spent_until.get(key, now), now) + share
            if spent_until > now + _BURST_SECONDS:
                return spent_until - now - _BURST_SECONDS
            self._spent_until[key] = spent_until
            if len(self._spent_until) > _REMEMBERED:
                self._spent_until = {key: until for key, until in self._spent_until.items() if until > now}
            return 0.0

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._spent_until = {}


METER = _Meter()


class RequestThrottle(BaseThrottle):
    """REQUESTS_PER_MINUTE for each user, ANONYMOUS_REQUESTS_PER_MINUTE for each address that is nobody's."""

    _wait = 0.0

    def allow_request(self, request: Request, view: Any) -> bool:
        """Say whether the request may be answered."""
        if request.user.is_authenticated:
            key, per_minute = f"user {request.user.pk}", settings.REQUESTS_PER_MINUTE
        else:
            key = f"address {client_address(request._request)}"
            per_minute = settings.ANONYMOUS_REQUESTS_PER_MINUTE
        if per_minute == 0:
            return True
        self._wait = METER.wait_for(key, _BURST_SECONDS / per_minute, time.monotonic())
        if self._wait:
            metrics.REFUSED.labels("throttled").inc()
        return not self._wait

    def wait(self) -> float:
        """Return how many seconds until the next request may be."""
        return self._wait
