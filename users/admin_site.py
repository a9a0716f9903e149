"""The admin site: Django's, with rate limits wherever a password is asked for."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.forms import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone

from users.rate_limits import RateLimitExceeded
from users.sign_in import SignInForm, count_password


class LimitedPasswordChangeForm(AdminPasswordChangeForm):
    """A change of the own password, with the sign-in's limit. `refusal` is the error when it was reached, else None."""

    refusal: RateLimitExceeded | None = None

    def clean_old_password(self) -> str:
        """Return the old password if it is right; ValidationError if it is not, or if it came too often."""
        try:
            count_password(self.user, now=timezone.now())
        except RateLimitExceeded as error:
            self.refusal = error
            raise ValidationError(f"Too many attempts. {error.detail}", code="throttled") from error
        return super().clean_old_password()


class LimitedPasswordChangeView(PasswordChangeView):
    """The page of it; 429 when the limit is reached."""

    form_class = LimitedPasswordChangeForm

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form with what is wrong."""
        answer = super().form_invalid(form)
        if isinstance(refusal := form.refusal, RateLimitExceeded):
            answer.status_code = 429
            answer["Retry-After"] = str(refusal.wait_seconds)
        return answer


class MarqueeAdminSite(AdminSite):
    """The admin."""

    site_header = site_title = "Marquee"
    login_form = SignInForm
    # The lists need the width, and the start page has the same links.
    enable_nav_sidebar = False

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """Ask for the old password and the new one."""
        request.current_app = self.name
        view = LimitedPasswordChangeView.as_view(
            success_url=reverse("admin:password_change_done", current_app=self.name),
            extra_context={**self.each_context(request), **(extra_context or {})},
        )
        return view(request)
