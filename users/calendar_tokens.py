"""The tokens of calendars: made, revoked, and who comes with one."""

import re
import secrets
from datetime import datetime

from knox.crypto import hash_token
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from users.authentication import SCHEME, may_sign_in
from users.models import CalendarToken, User

# As many digits as the log takes for a token, and leaves out, should an address ever come into a message.
FORM = re.compile("^[0-9a-f]{64}$")
_BYTES = 32


def new_calendar_token(user: User, *, now: datetime) -> str:
    """Return a new token for a user's calendar; the one before opens nothing any more."""
    token = secrets.token_hex(_BYTES)
    CalendarToken.objects.update_or_create(user=user, defaults={"digest": hash_token(token), "created_at": now})
    return token


class CalendarAuthentication(BaseAuthentication):
    """`?token=TOKEN`, for programs that know of an address and nothing else.

    Whoever comes with none, or a bad one, is nobody, so that guessing is limited as everything that nobody does.
    """

    def authenticate(self, request: Request) -> tuple[User, CalendarToken] | None:
        """Return the token's user; None for whatever is not the one token of somebody who may sign in."""
        given = request.query_params.getlist("token")
        if len(given) != 1 or not FORM.fullmatch(given[0]):
            return None
        tokens = CalendarToken.objects.select_related("user").filter(may_sign_in("user__"))
        known = tokens.filter(digest=hash_token(given[0])).order_by("pk").first()
        return None if known is None else (known.user, known)

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge that goes with a 401."""
        return SCHEME
