"""The deletion of what is of no use any more."""

from datetime import datetime, timedelta

from knox.models import AuthToken

from interactions.idempotency import expired_by
from users.models import RateLimitUse, Session

# A limit is available in full an hour after it was used at the latest; until tomorrow nobody minds the row.
_KEPT = timedelta(days=1)


def tidy(now: datetime) -> dict[str, int]:
    """Delete what has expired, and counts of rate limits that are over; return how many of each."""
    useless = {
        "tokens": AuthToken.objects.filter(expiry__lte=now),
        "sessions": Session.objects.filter(expire_date__lte=now),
        "idempotency keys": expired_by(now),
        "allowances": RateLimitUse.objects.filter(spent_until__lte=now - _KEPT),
    }
    return {name: rows.delete()[0] for name, rows in useless.items()}
