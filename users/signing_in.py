"""This file holds the signing in with a password, limited so that nobody can guess at length."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from users.allowances import AllowanceSpent, Limit

# From one address a household or an office signs in; from one address with one name, one person.
_NAMES_OF_AN_ADDRESS = 6


def address_of(request: HttpRequest) -> str:
    """Return the client's address, past as many proxies as NUM_PROXIES says."""
    return BaseThrottle().get_ident(Request(request))


@contextmanager
def attempt(address: str, username: str, *, per_minute: int, now: datetime) -> Iterator[None]:
    """Count an attempt to sign in, unless the block succeeds; AllowanceSpent if there were too many.

    Counted by address, and by address and name together, so that nobody can lock another person out. The address comes
    first: once it is refused, new names add no rows.
    """
    of_address, of_name = Limit("sign-in-address", per_minute * _NAMES_OF_AN_ADDRESS), Limit("sign-in", per_minute)
    name = f"{address} {username.casefold()}"
    of_address.spend(address, now=now)
    try:
        of_name.spend(name, now=now)
    except AllowanceSpent:
        of_address.give_back(address)
        raise
    yield
    of_name.give_back(name)
    of_address.give_back(address)


class PageSignInForm(AuthenticationForm):
    """The page's sign-in, with the same limit as the API's. `spent` is the limit when it was reached, else None."""

    error_messages = AuthenticationForm.error_messages | {
        "invalid_login": "Username or password is wrong, or the account is not active.",
    }
    spent: AllowanceSpent | None = None

    def clean(self) -> dict[str, Any]:
        """Return username and password if they are right; ValidationError if they are not, or came too often."""
        username = self.cleaned_data.get("username") or ""
        address = "" if self.request is None else address_of(self.request)
        per_minute = settings.SIGN_INS_PER_MINUTE
        try:
            with attempt(address, username, per_minute=per_minute, now=timezone.now()):
                return super().clean()
        except AllowanceSpent as error:
            self.spent = error
            raise forms.ValidationError(f"Too many attempts. {error.detail}", code="throttled") from error


class SignInForm(PageSignInForm, AdminAuthenticationForm):
    """The admin's sign-in: the same, for staff."""

    error_messages = AdminAuthenticationForm.error_messages
