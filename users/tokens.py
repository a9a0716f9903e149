"""API tokens, of which a user has so many at most, and the tokens that open a user's calendar."""

import re
import secrets
from datetime import datetime

from django.db import transaction
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from users.authentication import SCHEME, may_sign_in
from users.models import CalendarToken, User

# More than anybody has devices; a script that signs in for each request would otherwise fill the table.
TOKENS_MAX = 20
# As many digits as the log takes for a token, and leaves out, should a calendar's URL ever come into a message.
CALENDAR_TOKEN = re.compile("^[0-9a-f]{64}$")
_CALENDAR_TOKEN_BYTES = 32


@transaction.atomic
def new_token(user: User) -> tuple[AuthToken, str]:
    """Make a token and return its row and its text, which is kept nowhere. Revoke the oldest beyond TOKENS_MAX.

    User.DoesNotExist if the user has been deleted.
    """
    # Locked, so that several at once don't leave more.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    row, text = AuthToken.objects.create(user)
    others = AuthToken.objects.filter(user=user).exclude(pk=row.pk)
    kept = others.order_by("-created", "-pk").values("pk")[: TOKENS_MAX - 1]
    others.exclude(pk__in=kept).delete()
    return row, text


def new_calendar_token(user: User, *, now: datetime) -> str:
    """Return a new token for a user's calendar; the one before opens nothing any more."""
    token = secrets.token_hex(_CALENDAR_TOKEN_BYTES)
    CalendarToken.objects.update_or_create(user=user, defaults={"digest": hash_token(token), "created_at": now})
    return token


class CalendarAuthentication(BaseAuthentication):
    """`?token=TOKEN`, for programs that know a URL and nothing else.

    Whoever comes with none, or a bad one, is nobody, so that guessing is limited as everything that nobody does.
    """

    def authenticate(self, request: Request) -> tuple[User, CalendarToken] | None:
        """Return the token's user; None for whatever is not the one token of somebody who may sign in."""
        given = request.query_params.getlist("token")
        if len(given) != 1 or not CALENDAR_TOKEN.fullmatch(given[0]):
            return None
        tokens = CalendarToken.objects.select_related("user").filter(may_sign_in("user__"))
        known = tokens.filter(digest=hash_token(given[0])).order_by("pk").first()
        return None if known is None else (known.user, known)

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge that goes with a 401."""
        return SCHEME
