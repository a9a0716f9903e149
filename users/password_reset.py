"""This file holds the pages of a forgotten password: Django's own, limited, and ending every session and token."""

from django.conf import settings
from django.contrib.auth import forms, views
from django.http import HttpResponse
from django.urls import path, reverse_lazy
from django.utils import timezone

from users.allowances import AllowanceSpent, Limit
from users.signing_in import address_of


class PasswordResetView(views.PasswordResetView):
    """Asks for an e-mail address and writes to it; says the same whether it is anybody's."""

    success_url = reverse_lazy("password_reset_done")

    def form_valid(self, form: forms.PasswordResetForm) -> HttpResponse:
        """Send the mail, unless too many were asked for from here or for this address."""
        limit = Limit("password-reset", settings.SIGN_INS_PER_MINUTE)
        now = timezone.now()
        try:
            limit.spend(f"from {address_of(self.request)}", now=now)
            limit.spend(f"for {form.cleaned_data['email'].casefold()}", now=now)
        except AllowanceSpent as error:
            form.add_error(None, str(error.detail))
            answer = self.form_invalid(form)
            answer.status_code = 429
            answer["Retry-After"] = str(error.wait_seconds)
            return answer
        return super().form_valid(form)


class PasswordResetConfirmView(views.PasswordResetConfirmView):
    """Takes the new password; the sessions and tokens of the old one end."""

    success_url = reverse_lazy("password_reset_complete")


urlpatterns = [
    # The admin's sign-in page links to this name.
    path("password-reset", PasswordResetView.as_view(), name="admin_password_reset"),
    path("password-reset/sent", views.PasswordResetDoneView.as_view(), name="password_reset_done"),
    path("password-reset/complete", views.PasswordResetCompleteView.as_view(), name="password_reset_complete"),
    path("password-reset/<uidb64>/<token>", PasswordResetConfirmView.as_view(), name="password_reset_confirm"),
]
