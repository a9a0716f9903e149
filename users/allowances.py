"""This file holds the spending of allowances that every process shares: how often somebody may do something."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.db.models import F, Q
from rest_framework.exceptions import Throttled

from users.models import Allowance

_SPEND = (Path(__file__).resolve().parent / "sql" / "spend.sql").read_text()
_BURST = timedelta(minutes=1)


class AllowanceSpent(Throttled):
    """Too often: a 429 with Retry-After, `wait_seconds`, whole ones, until it is allowed again."""

    default_detail = "Too many requests."
    extra_detail_singular = "Try again in {wait} second."
    extra_detail_plural = "Try again in {wait} seconds."

    def __init__(self, wait: timedelta) -> None:
        """Take how long to wait."""
        self.wait_seconds = max(1, math.ceil(wait.total_seconds()))
        super().__init__(self.wait_seconds)


@dataclass(frozen=True)
class Limit:
    """So many times a minute, all at once if need be; 0 for as often as one likes."""

    purpose: str
    per_minute: int

    def spend(self, who: str, *, now: datetime, times: int = 1) -> None:
        """Take `times` from what `who` has left; AllowanceSpent, and nothing taken, if that is too little.

        The generic cell rate algorithm (ITU-T I.371, A.1), one statement: `spent_until` runs ahead of the clock by a
        minute's share for each time, and never by more than a minute. Asking for more than a minute's worth at once
        is taken as asking for a minute's worth.
        """
        if self.per_minute == 0:
            return
        cost = min(self._share * times, _BURST)
        key = self._key(who)
        with connection.cursor() as cursor:
            cursor.execute(
                _SPEND, {"key": key, "now": now, "cost": cost.total_seconds(), "burst": _BURST.total_seconds()}
            )
            granted = cursor.fetchone() is not None
        if not granted:
            held = (
                Allowance.objects.filter(key=key).order_by("key").values_list("spent_until", flat=True).first() or now
            )
            raise AllowanceSpent(held + cost - now - _BURST)

    def give_back(self, who: str) -> None:
        """Undo one spending, of something that turned out not to count."""
        if self.per_minute:
            Allowance.objects.filter(key=self._key(who)).update(spent_until=F("spent_until") - self._share)

    @property
    def _share(self) -> timedelta:
        return _BURST / self.per_minute

    def _key(self, who: str) -> str:
        return f"{self.purpose}:{_digest(who)}"


def spent_by(*who: str) -> Q:
    """Return the condition on allowances that they are of one of these, for whatever purpose."""
    return Q(*(Q(key__endswith=f":{_digest(each)}") for each in who), _connector=Q.OR)


def _digest(who: str) -> str:
    # Of fixed length whatever is sent, and no list of who came from where.
    return hashlib.sha256(who.encode()).hexdigest()[:40]
