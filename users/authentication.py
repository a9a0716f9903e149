"""This file holds the authentication by API token."""

from pathlib import Path

from django.conf import settings
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from events.prepared import instance_of, rows_of
from users.models import User

SCHEME = "Bearer"
# The columns of the statement, in the order of the models; the others are read if somebody asks for them.
_TOKEN = (Path(__file__).resolve().parent / "sql" / "token.sql").read_text()
_TOKEN_COLUMNS = ["digest", "user_id"]
_USER_COLUMNS = [
    field.attname for field in User._meta.concrete_fields if field.name not in ("password", "last_login", "date_joined")
]


def signed_in(request: Request) -> User:
    """Return who made a request that only the signed in may make."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


class BearerAuthentication(BaseAuthentication):
    """`Authorization: Bearer TOKEN`, by one read of the token's digest.

    knox's own looks at every other token of the user and deletes the expired ones, which makes two statements and
    sometimes writes of each request; here an expired token is simply not found, like a revoked one.
    """

    def authenticate(self, request: Request) -> tuple[User, AuthToken] | None:
        """Return the token's user; None without such a header, AuthenticationFailed for a bad token."""
        scheme, _, token = request.headers.get("Authorization", "").strip().partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        known = {"digest": hash_token(token.strip()), "now": timezone.now(), "with_demo": settings.DEBUG}
        rows = rows_of(_TOKEN, known)
        if not rows:
            raise AuthenticationFailed("This token is unknown, revoked or expired. POST /tokens makes a new one.")
        (found,) = rows
        owned = len(_TOKEN_COLUMNS)
        user = instance_of(User, _USER_COLUMNS, found[owned:])
        return user, instance_of(AuthToken, _TOKEN_COLUMNS, found[:owned], {"user": user})

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge that goes with a 401."""
        return SCHEME


class BearerScheme(OpenApiAuthenticationExtension):
    """How the OpenAPI document names this authentication."""

    target_class = "users.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """Return the scheme in OpenAPI's terms."""
        return {"type": "http", "scheme": "bearer"}
