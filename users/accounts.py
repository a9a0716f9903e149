"""Accounts by django-allauth: sign-up, verified e-mail addresses, reset and change of password and address."""

import logging
from smtplib import SMTPException
from typing import Any
from urllib.parse import urlencode

from allauth.account import views
from allauth.account.adapter import DefaultAccountAdapter, get_adapter
from allauth.account.forms import (
    AddEmailForm,
    ChangePasswordForm,
    ResetPasswordForm,
    ResetPasswordKeyForm,
    SignupForm,
    UserTokenForm,
    default_token_generator,
)
from allauth.account.internal.flows.email_verification import send_verification_email_at_login
from allauth.account.internal.flows.login import perform_login
from allauth.account.internal.flows.password_reset import request_password_reset
from allauth.account.models import EmailAddress, Login
from allauth.account.stages import EmailVerificationStage
from allauth.core import context
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import path, re_path, reverse
from django.utils import timezone
from django.utils.http import int_to_base36, urlsafe_base64_decode
from django.views.generic import RedirectView, TemplateView

from api.fields import typed_id
from api.text_rules import validate_line
from users.authentication import AccountBackend, may_set_password
from users.finding import users_with_email
from users.models import User
from users.rate_limits import EMAIL_CHANGES, PASSWORD_RESETS, SIGN_UPS, client_address, may_be_mailed
from users.sign_in import EMAIL_MAX_LENGTH, LimitedForm, LimitedFormMixin, count_password

_LOGGER = logging.getLogger(__name__)
_METHODS = ["get", "head", "options"]


def has_account(email: str, *, but: int | None = None) -> bool:
    """Return whether an e-mail address is that of a user other than `but`, verified or not."""
    verified = EmailAddress.objects.filter(email=email.lower(), verified=True).values_list("user_id", flat=True)
    return bool({*users_with_email(email).values_list("pk", flat=True), *verified} - {but})


def _own(user: object) -> User:
    """Return a user of allauth's as one of ours."""
    assert isinstance(user, User)
    return user


class AccountAdapter(DefaultAccountAdapter):
    """How allauth does things here."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "duplicate_email": "This is your address already.",
        "enter_current_password": "This is not your password.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Return whether people may sign up."""
        return bool(settings.SIGN_UP)

    def is_ajax(self, request: HttpRequest) -> bool:
        """Return False: these pages are HTML, however they are asked for."""
        return False

    def get_login_stages(self) -> list[str]:
        """Return what comes between a sign-up and the session."""
        return ["users.accounts.VerificationStage"]

    def clean_email(self, email: str) -> str:
        """Return an e-mail address that can be stored; ValidationError for another."""
        validate_line(email)
        if len(email) > EMAIL_MAX_LENGTH:
            raise ValidationError(f"Enter an address of at most {EMAIL_MAX_LENGTH} characters.", "max_length")
        return email

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """Mark an address as verified and return True; False if it is another user's."""
        if has_account(email_address.email, but=email_address.user_id):
            return False
        with transaction.atomic():
            return super().confirm_email(request, email_address)

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        """Return where a link in a mail leads in the end, if it doesn't finish a sign-up."""
        return reverse("account_email" if self.request.user.is_authenticated else "email_verified")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Return where a change of the password leads."""
        return reverse("password_changed")

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send a mail, unless the recipient had its share; whoever caused it is answered the same in any case."""
        if not may_be_mailed(email, now=timezone.now()):
            return
        try:
            super().send_mail(template_prefix, email, context)
        except (SMTPException, OSError):
            _LOGGER.exception("A mail could not be sent. See EMAIL_URL.")


class VerificationStage(EmailVerificationStage):
    """The end of a sign-up: a mail with a link and, if the authentication backend lets in the user, the session."""

    def handle(self) -> tuple[HttpResponseBase | None, bool]:
        """Return what to answer instead of signing in, if anything, and that the sign-up can go on."""
        send_verification_email_at_login(self.request, self.login)
        if AccountBackend().user_can_authenticate(self.login.user):
            return None, True
        return get_adapter().respond_email_verification_sent(self.request, self.login.user), True


class AccountForm(LimitedForm, forms.Form):
    """A form of allauth's, which names its fields as the other pages do, and doesn't name them twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take what the form takes."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("placeholder", None)
            field.label = "E-mail address" if field.label == "Email" else str(field.label).capitalize()
        next(iter(self.fields.values())).widget.attrs["autofocus"] = True


class SignUpForm(AccountForm, SignupForm):
    """An e-mail address and a password; the answer doesn't tell whether the address has an account."""

    def validate_unique_email(self, value: str) -> str:
        """Note whether the address has an account, and return it."""
        self.account_already_exists = has_account(value)
        return value

    def clean(self) -> dict[str, Any]:
        """Count the sign-up, if there is nothing else wrong."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            self.count(lambda: SIGN_UPS.consume(client_address(context.request), now=timezone.now()))
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponseBase | None]:
        """Return the new user, or the answer to whoever named an address that has an account.

        That address is told by mail, and the answer takes as long, and sets the same cookies, as if it had none.
        """
        if not self.account_already_exists:
            try:
                with transaction.atomic():
                    return self.save(request), None
            except IntegrityError:
                # Signed up at the same moment.
                if not has_account(self.cleaned_data["email"]):
                    raise
        make_password(self.cleaned_data["password1"])
        get_adapter().send_account_already_exists_mail(self.cleaned_data["email"])
        return None, perform_login(request, Login(signup=True))

    def save(self, request: HttpRequest) -> User:
        """Store the user with the address, which is not verified yet: without its row they could sign in."""
        user = _own(super().save(request))
        EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
        return user


class ResetForm(AccountForm, ResetPasswordForm):
    """The address of whoever has forgotten the password; the answer doesn't tell whether it has an account."""

    def clean_email(self) -> str:
        """Return the address, and note who gets a mail."""
        email: str = self.cleaned_data["email"]
        self.users = [user for user in users_with_email(email).filter(may_set_password()) if user.has_usable_password()]
        return email

    def clean(self) -> dict[str, Any]:
        """Count the request by the client's address.

        Never by the address that is named: anybody may name it, and its owner would be refused.
        """
        if not self.errors:
            self.count(lambda: PASSWORD_RESETS.consume(f"from {client_address(context.request)}", now=timezone.now()))
        return self.cleaned_data

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the mail, to the address as it is stored."""
        for user in self.users:
            request_password_reset(request, user.email, [user], default_token_generator)
        email: str = self.cleaned_data["email"]
        return email


class ResetTokenForm(UserTokenForm):
    """What a link to a new password is made of."""

    def _get_user(self, uidb36: str) -> User | None:
        """Return whose link it is; None, as for a bad link, if they may not sign in."""
        user = super()._get_user(uidb36)
        return user if user and User.objects.filter(may_set_password(), pk=user.pk).exists() else None


class ResetKeyForm(AccountForm, ResetPasswordKeyForm):
    """The new password; the sessions and tokens of the old one end."""

    @transaction.atomic
    def save(self) -> None:
        """Store the password. The link came by mail, so the address is verified as well."""
        super().save()
        for address in EmailAddress.objects.filter(user=self.user, email=self.user.email.lower()):
            address.set_verified()


class PasswordForm(AccountForm, ChangePasswordForm):
    """The old password, which counts as it does at the sign-in, and the new one."""

    def clean_oldpassword(self) -> str:
        """Return the old password if it is right; ValidationError if it is not, or if it came too often."""
        self.count(lambda: count_password(_own(self.user), now=timezone.now()))
        return str(super().clean_oldpassword())


class EmailForm(AccountForm, AddEmailForm):
    """The new address, and the password: with the address, an account can be taken over."""

    password = forms.CharField(
        label="Your password", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def clean_password(self) -> None:
        """Do nothing if the password is right; ValidationError if it is not, or if it came too often."""
        self.count(lambda: count_password(_own(self.user), now=timezone.now()))
        if not _own(self.user).check_password(self.cleaned_data["password"]):
            raise get_adapter().validation_error("enter_current_password")

    def clean(self) -> dict[str, Any]:
        """Count the change, if there is nothing else wrong."""
        if not self.errors:
            self.count(lambda: EMAIL_CHANGES.consume(str(_own(self.user).pk), now=timezone.now()))
        return self.cleaned_data


class SignUpPage(LimitedFormMixin, views.SignupView):
    """Takes an e-mail address and a password; 403 while sign-up is closed."""

    form_class = SignUpForm

    def closed(self) -> HttpResponse:
        """Say so."""
        answer: HttpResponse = super().closed()
        answer.status_code = 403
        return answer

    def get_success_url(self) -> str:
        """Return where a new user is led: to the first minute, and from there to where they were on the way to."""
        following = self.get_next_url()
        return settings.ACCOUNT_SIGNUP_REDIRECT_URL + (f"?{urlencode({'next': following})}" if following else "")

    def get_authenticated_redirect_url(self) -> str:
        """Return where whoever is signed in already is sent."""
        return self.get_next_url() or "/"


class VerifyPage(views.ConfirmEmailView):
    """Verifies the address that a mailed link is for, once the button is pressed: programs follow links, too."""

    http_method_names = [*_METHODS, "post"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add whether the address can be verified."""
        address = self.object and self.object.email_address
        can_confirm = address and not has_account(address.email, but=address.user_id)
        return super().get_context_data(**kwargs) | {"can_confirm": can_confirm}

    def respond(self, success: bool) -> HttpResponseBase:
        """Lead on; 409 with the page if the address is another user's."""
        return super().respond(True) if success else self.render_to_response(self.get_context_data(), status=409)


class ResetPage(LimitedFormMixin, views.PasswordResetView):
    """Asks for an e-mail address and writes to it; says the same whether it is anybody's."""

    form_class = ResetForm


class ResetKeyPage(LimitedFormMixin, views.PasswordResetFromKeyView):
    """Takes the new password."""

    form_class = ResetKeyForm


class OldResetLink(RedirectView):
    """Links to a new password as release 0.1 mailed them; they can go with the next release."""

    http_method_names = _METHODS

    def get_redirect_url(self, *args: Any, **kwargs: Any) -> str:
        """Return the link as it is now."""
        try:
            user_id = typed_id(urlsafe_base64_decode(kwargs["uidb64"]).decode())
        except ValueError:
            user_id = None
        return reverse("account_reset_password_from_key", args=[int_to_base36(user_id or 0), kwargs["token"]])


class PasswordPage(LimitedFormMixin, views.PasswordChangeView):
    """Takes the old password and a new one; everywhere else one is signed out."""

    form_class = PasswordForm


class EmailPage(LimitedFormMixin, views.EmailView):
    """Takes a new e-mail address, which takes the old one's place once it is verified."""

    form_class = EmailForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer the user; lead others to the sign-in.

        The address that staff gave is as good as a verified one; allauth would take it for the contrary.
        """
        user = request.user
        if isinstance(user, User) and user.email and not EmailAddress.objects.filter(user=user).exists():
            EmailAddress.objects.create(user=user, email=user.email.lower(), verified=True, primary=True)
        return super().dispatch(request, *args, **kwargs)


def _plain(template: str) -> Any:
    return TemplateView.as_view(template_name=f"account/{template}.html", http_method_names=_METHODS)


urlpatterns = [
    path("sign-up", SignUpPage.as_view(), name="account_signup"),
    path("confirm-email", _plain("verification_sent"), name="account_email_verification_sent"),
    path("confirm-email/done", _plain("email_verified"), name="email_verified"),
    re_path("^confirm-email/(?P<key>[-:0-9A-Za-z_]+)$", VerifyPage.as_view(), name="account_confirm_email"),
    path("email-change", EmailPage.as_view(), name="account_email"),
    path("password-change", PasswordPage.as_view(), name="account_change_password"),
    path("password-change/done", _plain("password_changed"), name="password_changed"),
    path("password-reset", ResetPage.as_view(), name="account_reset_password"),
    # The admin's sign-in page links to this name; and who has no password gets one here.
    path("password-reset", ResetPage.as_view(), name="admin_password_reset"),
    path("password-reset", ResetPage.as_view(), name="account_set_password"),
    path("password-reset/sent", _plain("password_reset_done"), name="account_reset_password_done"),
    path(
        "password-reset/complete",
        _plain("password_reset_from_key_done"),
        name="account_reset_password_from_key_done",
    ),
    re_path(
        "^password-reset/(?P<uidb36>[0-9A-Za-z]{1,13})-(?P<key>[-0-9A-Za-z]+)$",
        ResetKeyPage.as_view(),
        name="account_reset_password_from_key",
    ),
    re_path(
        "^password-reset/(?P<uidb64>[-0-9A-Za-z_]+)/(?P<token>[-0-9A-Za-z]+)$",
        OldResetLink.as_view(),
        name="password_reset_confirm",
    ),
]
