"""Pages to reset a password: Django's own, with rate limits."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth import forms, views
from django.http import HttpResponse
from django.urls import path, reverse_lazy
from django.utils import timezone

from users.authentication import AccountBackend
from users.rate_limits import MAILS, PASSWORD_RESETS, RateLimitExceeded, client_address


def may_be_mailed(address: str, *, now: datetime) -> bool:
    """Count a mail to an address and return True, or return False if there were three in the last hour."""
    for limit in MAILS:
        try:
            limit.consume(f"for {address.casefold()}", now=now)
        except RateLimitExceeded:
            continue
        return True
    return False


class PasswordResetForm(forms.PasswordResetForm):
    """Django's form, which sends no more mails to one address than it may get, and none to demo accounts."""

    def get_users(self, email: str) -> Iterable[Any]:
        """Return who gets a mail."""
        return filter(AccountBackend().user_can_authenticate, super().get_users(email))

    def send_mail(
        self,
        subject_template_name: str,
        email_template_name: str,
        context: dict[str, Any],
        from_email: str | None,
        to_email: str,
        html_email_template_name: str | None = None,
    ) -> None:
        """Send the mail, unless the address had its share: whoever asks once more is answered as before."""
        if may_be_mailed(to_email, now=timezone.now()):
            super().send_mail(
                subject_template_name, email_template_name, context, from_email, to_email, html_email_template_name
            )


class PasswordResetView(views.PasswordResetView):
    """Asks for an e-mail address and writes to it; says the same whether it is anybody's."""

    form_class = PasswordResetForm
    success_url = reverse_lazy("password_reset_done")

    def form_valid(self, form: forms.PasswordResetForm) -> HttpResponse:
        """Send the mail, unless this client asked too often.

        Never counted by the address that is named: anybody may name it, and its owner would be refused.
        """
        try:
            PASSWORD_RESETS.consume(f"from {client_address(self.request)}", now=timezone.now())
        except RateLimitExceeded as error:
            form.add_error(None, str(error.detail))
            answer = self.form_invalid(form)
            answer.status_code = 429
            answer["Retry-After"] = str(error.wait_seconds)
            return answer
        return super().form_valid(form)


class PasswordResetConfirmView(views.PasswordResetConfirmView):
    """Takes the new password; the sessions and tokens of the old one end."""

    success_url = reverse_lazy("password_reset_complete")

    def get_user(self, uidb64: str) -> Any:
        """Return whose link it is; None, as for a bad link, if they may not sign in."""
        user = super().get_user(uidb64)
        return user if AccountBackend().user_can_authenticate(user) else None


urlpatterns = [
    # The admin's sign-in page links to this name.
    path("password-reset", PasswordResetView.as_view(), name="admin_password_reset"),
    path("password-reset/sent", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("password-reset/complete", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("password-reset/<uidb64>/<token>", PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
]
