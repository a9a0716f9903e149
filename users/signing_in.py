"""The signing in with a password, limited so that nobody can guess at length."""

from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.utils import timezone

from users.allowances import AllowanceSpent, Limit
from users.client_address import client_address
from users.models import User

# From one address a household or an office signs in; from one address with one name, one person.
_NAMES_OF_AN_ADDRESS = 6


def count_sign_in(address: str, username: str, *, per_minute: int, now: datetime) -> None:
    """Count an attempt to sign in, whatever becomes of it; AllowanceSpent if there were too many.

    Counted by address, and by address and name together, so that nobody can lock another person out from elsewhere. The
    address comes first: once it is refused, new names add no rows.
    """
    of_address, of_name = Limit("sign-in-address", per_minute * _NAMES_OF_AN_ADDRESS), Limit("sign-in", per_minute)
    of_address.spend(address, now=now)
    try:
        of_name.spend(f"{address} {username.casefold()}", now=now)
    except AllowanceSpent:
        of_address.give_back(address)
        raise


def count_password(user: User, *, per_minute: int, now: datetime) -> None:
    """Count that the password was asked for of a user who is signed in; AllowanceSpent if that was too often.

    Counted by the user: others at the same address could use up what is counted by address.
    """
    Limit("password", per_minute).spend(str(user.pk), now=now)


class PageSignInForm(AuthenticationForm):
    """The page's sign-in, with the same limit as the API's. `spent` is the limit when it was reached, else None."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "Username or password is wrong, or the account is not active.",
    }
    spent: AllowanceSpent | None = None

    def clean(self) -> dict[str, Any]:
        """Return username and password if they are right; ValidationError if they are not, or came too often."""
        username = self.cleaned_data.get("username") or ""
        address = "" if self.request is None else client_address(self.request)
        try:
            count_sign_in(address, username, per_minute=settings.SIGN_INS_PER_MINUTE, now=timezone.now())
        except AllowanceSpent as error:
            self.spent = error
            raise forms.ValidationError(f"Too many attempts. {error.detail}", code="throttled") from error
        return super().clean()


class SignInForm(PageSignInForm, AdminAuthenticationForm):
    """The admin's sign-in: the same, for staff."""

    error_messages = AdminAuthenticationForm.error_messages
