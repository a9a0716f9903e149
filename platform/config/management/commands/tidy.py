"""This file holds the command that deletes what is of no use any more."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone
from knox.models import AuthToken

from interactions.idempotency import expired_by
from users.models import Allowance, Session

# An allowance is full again a minute after it was spent; until tomorrow nobody minds the row.
_KEPT = timedelta(days=1)


class Command(BaseCommand):
    """Delete expired tokens, sessions and idempotency keys, and allowances that are full again; run it nightly."""

    help = "Deletes expired tokens, sessions, idempotency keys and spent allowances. Run it nightly."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print how many there were of each."""
        now = timezone.now()
        useless = {
            "tokens": AuthToken.objects.filter(expiry__lte=now),
            "sessions": Session.objects.filter(expire_date__lte=now),
            "idempotency keys": expired_by(now),
            "allowances": Allowance.objects.filter(spent_until__lte=now - _KEPT),
        }
        for name, rows in useless.items():
            number, _ = rows.delete()
            self.stdout.write(f"{number:,} {name} deleted.")
