"""The spending of allowances that every process shares: how often somebody may do something."""

import hashlib
import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import F, Q
from rest_framework.exceptions import Throttled

from users.models import Allowance

_SQL = Path(__file__).resolve().parent / "sql"
_SPEND, _REFUSE = ((_SQL / f"{name}.sql").read_text() for name in ("spend", "refuse"))


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
    """So many times a minute, or in another period, all at once if need be; 0 for as often as one likes."""

    purpose: str
    times: int
    period: timedelta = timedelta(minutes=1)

    def spend(self, who: str, *, now: datetime, times: int = 1) -> None:
        """Take `times` from what `who` has left; AllowanceSpent, and nothing taken, if that is too little.

        The generic cell rate algorithm (ITU-T I.371, A.1), one statement: `spent_until` runs ahead of the clock by
        the period's share for each time, and never by more than the period. Asking for more than a period's worth at
        once is taken as asking for a period's worth. If the clock has gone back since the last time, everything is
        spent, so that nobody waits for longer than the period.
        """
        if self.times == 0:
            return
        cost = min(self._share * times, self.period)
        parameters: dict[str, Any] = {
            "key": self._key(who), "now": now, "cost": cost.total_seconds(), "burst": self.period.total_seconds(),
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_SPEND, parameters)
            if cursor.fetchone() is not None:
                return
            cursor.execute(_REFUSE, parameters)
            row = cursor.fetchone()
        spent_until = now if row is None else row[0]
        raise AllowanceSpent(spent_until + cost - now - self.period)

    def give_back(self, who: str) -> None:
        """Undo one spending, of something that turned out not to count."""
        if self.times:
            Allowance.objects.filter(key=self._key(who)).update(spent_until=F("spent_until") - self._share)

    def renew(self, who: str, *, now: datetime) -> None:
        """Spend one again instead of the one that was spent before: what takes longer than expected isn't over."""
        if self.times:
            Allowance.objects.filter(key=self._key(who)).update(spent_until=now + self._share)

    @property
    def _share(self) -> timedelta:
        return self.period / self.times

    def _key(self, who: str) -> str:
        return f"{self.purpose}:{_digest(who)}"


def spent_by(*who: str) -> Q:
    """Return the condition on allowances that they are of one of these, for whatever purpose."""
    return Q(*(Q(key__endswith=f":{_digest(each)}") for each in who), _connector=Q.OR)


def _digest(who: str) -> str:
    # Of fixed length whatever is sent, and no list of who came from where.
    return hashlib.sha256(who.encode()).hexdigest()[:40]
