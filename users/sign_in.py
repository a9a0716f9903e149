"""Sign-in with a password: its forms, its rate limits, and the hashing of one password at a time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.views.generic.edit import FormView

from api.costly import Costly, costly
from users import rate_limits
from users.models import User
from users.rate_limits import RateLimitExceeded, client_address

# RFC 5321, 4.5.3.1.3, without the brackets around a path.
EMAIL_MAX_LENGTH = 254
# It says the same of a wrong password, an unknown name, and an account that may not sign in.
WRONG = (
    "The name or the password is wrong, or the account is not active. If you have not confirmed your e-mail address "
    "yet, follow the link in the mail, or set a new password, which confirms it too."
)


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


class LimitedForm:
    """A form whose uses count. `refusal` is the error when there were too many, else None."""

    refusal: RateLimitExceeded | None = None

    def count(self, count: Callable[[], None]) -> None:
        """Count a use; ValidationError if there were too many."""
        try:
            count()
        except RateLimitExceeded as error:
            self.refusal = error
            raise forms.ValidationError(f"Too many attempts. {error.detail}", code="throttled") from error


class LimitedFormMixin(FormView[Any]):
    """For views of such forms: 429 when there were too many uses."""

    # Not PUT, which Django's form views take for POST.
    http_method_names = ["get", "head", "options", "post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; 405 to other methods first, whatever the view does before it looks at them."""
        if str(request.method).lower() not in self.http_method_names:
            return self.http_method_not_allowed(request)
        return super().dispatch(request, *args, **kwargs)

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form with what is wrong."""
        answer = super().form_invalid(form)
        if isinstance(refusal := form.refusal, RateLimitExceeded):
            answer.status_code = 429
            answer["Retry-After"] = str(refusal.wait_seconds)
        return answer


class PageSignInForm(LimitedForm, AuthenticationForm):
    """The page's sign-in, with the same limit as the API's."""

    error_messages = AuthenticationForm.error_messages | {"invalid_login": WRONG}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Name the field for what it takes."""
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail or username"
        self.fields["username"].widget.attrs["maxlength"] = EMAIL_MAX_LENGTH

    def clean(self) -> dict[str, Any]:
        """Return username and password if they are right; ValidationError if they are not, or came too often."""
        username = self.cleaned_data.get("username") or ""
        address = "" if self.request is None else client_address(self.request)
        self.count(lambda: count_sign_in(address, username, now=timezone.now()))
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
