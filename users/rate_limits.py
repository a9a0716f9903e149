"""Rate limits: all of them in one table, counted in the database for all processes, and by which address."""

import hashlib
import math
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, IPv6Network, ip_address
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import F, Q
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from users.models import RateLimitUse

_SQL = Path(__file__).resolve().parent / "sql"
_CONSUME, _REFUSE = ((_SQL / f"{name}.sql").read_text() for name in ("consume", "refuse"))
# What a household, or a single machine that takes another address for each request, has of IPv6.
_IPV6_PREFIX = 64
# Some proxies add the client's port, which is another one for each connection.
_WITH_PORT = re.compile(r"\[(?P<ipv6>[^\]]+)\](?::\d+)?|(?P<ipv4>[\d.]+):\d+", re.ASCII)
_ADDRESS_MAX_LENGTH = 100


class RateLimitExceeded(Throttled):
    """Too often: a 429 with Retry-After, `wait_seconds`, whole ones, until it is allowed again."""

    default_detail = "Too many requests."
    extra_detail_singular = "Try again in {wait} second."
    extra_detail_plural = "Try again in {wait} seconds."

    def __init__(self, wait: timedelta) -> None:
        """Take how long to wait."""
        self.wait_seconds = max(1, math.ceil(wait.total_seconds()))
        super().__init__(self.wait_seconds)


@dataclass(frozen=True)
class RateLimit:
    """So many times in a period, all at once if need be. `allowed` is a number or a setting; 0 is no limit."""

    purpose: str
    allowed: int | str
    period: timedelta = timedelta(minutes=1)
    multiplier: int = 1

    @property
    def times(self) -> int:
        """How often in a period."""
        number: int = getattr(settings, self.allowed) if isinstance(self.allowed, str) else self.allowed
        return number * self.multiplier

    def consume(self, who: str, *, now: datetime, times: int = 1) -> None:
        """Take `times` from what `who` has left; RateLimitExceeded, and nothing taken, if that is too little.

        The generic cell rate algorithm (ITU-T I.371, A.1), one statement: `spent_until` runs ahead of the clock by
        the period's share for each time, and never by more than the period. Asking for more than a period's worth at
        once is taken as asking for a period's worth. If the clock has gone back since the last time, everything is
        used up, so that nobody waits for longer than the period.
        """
        if self.times == 0:
            return
        cost = min(self._share * times, self.period)
        parameters: dict[str, Any] = {
            "key": self._key(who), "now": now, "cost": cost.total_seconds(), "burst": self.period.total_seconds(),
        }  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute(_CONSUME, parameters)
            if cursor.fetchone() is not None:
                return
            cursor.execute(_REFUSE, parameters)
            row = cursor.fetchone()
        spent_until = now if row is None else row[0]
        raise RateLimitExceeded(spent_until + cost - now - self.period)

    def give_back(self, who: str) -> None:
        """Undo one use, of something that turned out not to count."""
        if self.times:
            RateLimitUse.objects.filter(key=self._key(who)).update(spent_until=F("spent_until") - self._share)

    def renew(self, who: str, *, now: datetime) -> None:
        """Count one use from now on instead of from when it began, because it is not over yet."""
        if self.times:
            RateLimitUse.objects.filter(key=self._key(who)).update(spent_until=now + self._share)

    @property
    def _share(self) -> timedelta:
        return self.period / self.times

    def _key(self, who: str) -> str:
        return f"{self.purpose}:{_digest(who)}"


# Every limit. The two on requests are counted in the memory of each process (throttles.py), because a
# statement for each request would cost too much; all others in the database.
#
# Requests of a user, and of an address without one.
REQUESTS = RateLimit("requests", "REQUESTS_PER_MINUTE")
ANONYMOUS_REQUESTS = RateLimit("anonymous-requests", "ANONYMOUS_REQUESTS_PER_MINUTE")
# Sign-ins by address and name: from one address with one name, one person signs in; from one address, a household.
SIGN_INS = RateLimit("sign-in", "SIGN_INS_PER_MINUTE")
SIGN_INS_OF_AN_ADDRESS = RateLimit("sign-in-address", "SIGN_INS_PER_MINUTE", multiplier=6)
# The password of a user who is signed in, by user: others at the address could use up what is counted by address.
PASSWORDS = RateLimit("password", "SIGN_INS_PER_MINUTE")
# Requests for a mail with a link to a new password, by address.
PASSWORD_RESETS = RateLimit("password-reset", "SIGN_INS_PER_MINUTE")
# Sign-ups, of addresses that have an account too, by the client's address.
SIGN_UPS = RateLimit("sign-up", "SIGN_UPS_PER_HOUR", period=timedelta(hours=1))
# Changes of the own e-mail address, by user: each sends a mail to whatever address they name.
EMAIL_CHANGES = RateLimit("email-change", 5, period=timedelta(hours=1))
# Mails with links, for whatever purpose, by recipient. One limit of three would allow another every 20 minutes, five in
# the first hour. So each of the three is a limit of its own, of one in an hour.
MAILS = tuple(RateLimit(f"mail-{number}", 1, period=timedelta(hours=1)) for number in range(3))
# Interactions, mutes and explanations, by user.
INTERACTIONS = RateLimit("interactions", "INTERACTIONS_PER_MINUTE")
MUTES = RateLimit("mutes", "INTERACTIONS_PER_MINUTE")
EXPLANATIONS = RateLimit("explanations", "EXPLANATIONS_PER_MINUTE")
# Exports, by user: one of a million rows takes a thread for half a minute. And one at a time in all processes: it
# counts while it goes on; one that is broken off because its process was killed counts for a minute.
EXPORTS = RateLimit("export", 6)
ONGOING_EXPORTS = RateLimit("export-ongoing", 1)


def may_be_mailed(recipient: str, *, now: datetime) -> bool:
    """Count a mail to an e-mail address and return True, or return False if there were three in the last hour."""
    for limit in MAILS:
        try:
            limit.consume(f"for {recipient.casefold()}", now=now)
        except RateLimitExceeded:
            continue
        return True
    return False


def used_by(*who: str) -> Q:
    """Return the condition on RateLimitUse that a row is of one of these, for whatever purpose."""
    return Q(*(Q(key__endswith=f":{_digest(each)}") for each in who), _connector=Q.OR)


def _digest(who: str) -> str:
    # Of fixed length whatever is sent, and no list of who came from where.
    return hashlib.sha256(who.encode()).hexdigest()[:40]


def client_address(request: HttpRequest) -> str:
    """Return the client's address, as the outermost of PROXY_COUNT trusted proxies gives it; of IPv6 its /64.

    Return it as it is, cut to 100 characters, if it is no address: empty behind a Unix socket.
    """
    given = BaseThrottle().get_ident(Request(request)) or ""
    if with_port := _WITH_PORT.fullmatch(given):
        given = with_port["ipv6"] or with_port["ipv4"]
    try:
        address = ip_address(given)
    except ValueError:
        return given[:_ADDRESS_MAX_LENGTH]
    if not isinstance(address, IPv6Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    host_bits = 128 - _IPV6_PREFIX
    return str(IPv6Network((int(address) >> host_bits << host_bits, _IPV6_PREFIX)))
