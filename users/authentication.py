"""Authentication by session and by API token, and the rule that says who may sign in."""

from datetime import datetime
from pathlib import Path
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.backends import ModelBackend
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from knox.crypto import hash_token
from knox.models import AuthToken
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from users.finding import users_with_email
from users.models import User

SCHEME = "Bearer"
_USER = (Path(__file__).resolve().parent / "sql" / "token.sql").read_text()


def signed_in(request: Request) -> User:
    """Return who made a request that only the signed in may make."""
    if not isinstance(request.user, User):
        raise NotAuthenticated
    return request.user


def user_of(request: Request) -> User | None:
    """Return who made a request; None for a visitor, who has not signed in."""
    return request.user if isinstance(request.user, User) else None


def may_set_password(prefix: str = "") -> Q:
    """Return the condition that a user may sign in, once their address is verified; `prefix` is the path to the user.

    "user__" is such a path, for example. Everybody knows the password of the demo accounts, so they cannot sign in, or
    set another, while DEBUG is off.
    """
    may = Q(**{f"{prefix}is_active": True})
    return may if settings.DEBUG else may & Q(**{f"{prefix}is_demo": False})


def may_sign_in(prefix: str = "") -> Q:
    """Return the condition that a user may sign in.

    Whoever has signed up needs a verified address while DEBUG is off. A user without a row in EmailAddress was made by
    staff, a command or a load, which stand for them. users/sql/token.sql says the same.
    """
    if settings.DEBUG:
        return may_set_password(prefix)
    addresses = EmailAddress.objects.filter(user=OuterRef(f"{prefix}pk"))
    return may_set_password(prefix) & (~Q(Exists(addresses)) | Q(Exists(addresses.filter(verified=True))))


def never_verified_since(moment: datetime) -> QuerySet[User]:
    """Return who signed up before a moment, never verified the address and never came in: somebody else's, perhaps."""
    addresses = EmailAddress.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(
        Exists(addresses), ~Exists(addresses.filter(verified=True)), date_joined__lt=moment, last_login=None
    )


class AccountBackend(ModelBackend):
    """Django's own backend with one rule more, may_sign_in(), and e-mail addresses in the place of usernames."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> Any:
        """Return the user with this name, else this e-mail address, and password; None if there is none who may.

        An unknown name takes as long as a wrong password: Django hashes one for it, too.
        """
        if username is not None and "@" in username and not User.objects.filter(username=username).exists():
            username = users_with_email(username).values_list("username", flat=True).first() or username
        return super().authenticate(request, username=username, password=password, **kwargs)

    def user_can_authenticate(self, user: Any) -> bool:
        """Return whether a user, if any, may sign in and stay signed in."""
        return user is not None and User.objects.filter(may_sign_in(), pk=user.pk).exists()

    def get_user(self, user_id: int) -> User | None:
        """Return the user of a session; None if they may not stay signed in."""
        return User.objects.filter(may_sign_in(), pk=user_id).first()


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
        digest = hash_token(token.strip())
        # As SQL, because every request does this: building the query takes the ORM longer than running it.
        users = User.objects.raw(_USER, {"digest": digest, "now": timezone.now(), "with_demo": settings.DEBUG})
        for user in users:
            return user, AuthToken(digest=digest, user=user)
        raise AuthenticationFailed("This token is unknown, revoked or expired. POST /tokens makes a new one.")

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
