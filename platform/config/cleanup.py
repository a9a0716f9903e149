"""The deletion of rows that have expired."""

from datetime import datetime, timedelta

from knox.models import AuthToken

from interactions.idempotency import expired_by
from users.authentication import never_verified_since
from users.models import RateLimitUse, Session

# A limit is full again an hour after it was used at the latest; a row is kept for a day.
_KEPT = timedelta(days=1)
# The link to verify an address works for three days, and another mail may be asked for meanwhile.
_TIME_TO_VERIFY = timedelta(days=7)


def clean_up(now: datetime) -> dict[str, int]:
    """Delete expired rows, and counts of rate limits that are over; return the number of each."""
    expired = {
        "tokens": AuthToken.objects.filter(expiry__lte=now),
        "sessions": Session.objects.filter(expire_date__lte=now),
        "idempotency keys": expired_by(now),
        "allowances": RateLimitUse.objects.filter(spent_until__lte=now - _KEPT),
        "unverified accounts": never_verified_since(now - _TIME_TO_VERIFY),
    }
    return {name: rows.delete()[1].get(rows.model._meta.label, 0) for name, rows in expired.items()}
