"""Sign-in with a password: its forms, its rate limits, and the hashing of one password at a time."""

from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.utils import timezone

from api.costly import Costly, costly
from users import rate_limits
from users.models import User
from users.rate_limits import RateLimitExceeded, client_address


def count_sign_in(address: str, username: str, *, now: datetime) -> None:
    """Count an attempt to sign in, successful or not; RateLimitExceeded if there were too many.

    Counted by address, and by address and name together, so that nobody can lock another person out from elsewhere. The
    address comes first: once it is refused, new names add no rows.
    """
    rate_limits.SIGN_INS_OF_AN_ADDRESS.consume(address, now=now)
    try:
        rate_limits.SIGN_INS.consume(f"{address} {username.casefold()}", now=now)
    except RateLimitExceeded:
        rate_limits.SIGN_INS_OF_AN_ADDRESS.give_back(address)
        raise


def count_password(user: User, *, now: datetime) -> None:
    """Count that a user who is signed in gave a password; RateLimitExceeded if that was too often."""
    rate_limits.PASSWORDS.consume(str(user.pk), now=now)


class PageSignInForm(AuthenticationForm):
    """The page's sign-in, with the same limit as the API's. `refusal` is the error when it was reached, else None."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "Username or password is wrong, or the account is not active.",
    }
    refusal: RateLimitExceeded | None = None

    def clean(self) -> dict[str, Any]:
        """Return username and password if they are right; ValidationError if they are not, or came too often."""
        username = self.cleaned_data.get("username") or ""
        address = "" if self.request is None else client_address(self.request)
        try:
            count_sign_in(address, username, now=timezone.now())
        except RateLimitExceeded as error:
            self.refusal = error
            raise forms.ValidationError(f"Too many attempts. {error.detail}", code="throttled") from error
        return super().clean()


class SignInForm(PageSignInForm, AdminAuthenticationForm):
    """The admin's sign-in: the same, for staff."""

    error_messages = AdminAuthenticationForm.error_messages


class LimitedPBKDF2PasswordHasher(PBKDF2PasswordHasher):
    """Django's default hasher, for one password at a time in each process: a hash takes a third of a second on purpose.

    Here rather than in views, because sign-in (page, admin, API), password changes, resets and the erasure all hash.
    """

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Return the hash; Busy if too many passwords are being hashed. To verify a password is to hash it, too."""
        with costly(Costly.PASSWORD):
            return super().encode(password, salt, iterations)
