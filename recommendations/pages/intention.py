"""What a visitor wanted to do with an event, kept while they sign in."""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare

# Time to sign in, or to sign up and confirm an address.
LIFETIME = timedelta(minutes=30)
PARAMETER = "intention"
_SALT = "recommendations.pages.intention"

# Note [Intentions]
# Whoever saves an event without being signed in is led through the sign-in page; `next` then leads back with a signed
# intention in the address, and opening that address records it. So a GET writes, and the address must be of no use to
# anybody else: the intention holds the digest of a secret that only the browser has in which the button was pressed, in
# a cookie that no script reads. A link with an intention that somebody else made records nothing. The cookie goes with
# its first use, so that the address is of no use a second time either.


@dataclass(frozen=True)
class Intention:
    """What a visitor wanted to do with which event."""

    event_id: int
    action: str


def _cookie() -> str:
    """Return the cookie's name; with https one that only this very host can set, not another of its domain."""
    return "__Host-intention" if settings.SESSION_COOKIE_SECURE else "intention"


def secret_of(request: HttpRequest) -> str:
    """Return the secret that the request's browser has in its cookie, a new one without a cookie."""
    return request.COOKIES.get(_cookie()) or secrets.token_hex(16)


def signed_intention(intention: Intention, secret: str) -> str:
    """Return an intention for an address, good for LIFETIME where remember_secret() left the secret."""
    return signing.dumps([intention.event_id, intention.action, _digest(secret)], salt=_SALT)


def remember_secret(secret: str, response: HttpResponse) -> None:
    """Leave a secret in the browser for LIFETIME."""
    response.set_cookie(
        _cookie(),
        secret,
        max_age=LIFETIME,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def intention_of(signed: str, request: HttpRequest) -> Intention | None:
    """Return an intention of this browser; None if it is another's, forged or too old. See Note [Intentions]."""
    try:
        event_id, action, digest = signing.loads(signed, salt=_SALT, max_age=LIFETIME)
    except signing.BadSignature:
        return None
    secret = request.COOKIES.get(_cookie())
    if not secret or not constant_time_compare(digest, _digest(secret)):
        return None
    return Intention(event_id, action)


def forget_intention(response: HttpResponse) -> None:
    """Delete the cookie, without which no intention is good any more."""
    response.delete_cookie(_cookie(), samesite="Lax")


def _digest(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
