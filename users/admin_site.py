"""The admin site: Django's, with rate limits wherever a password is asked for."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.admin.forms import AdminPasswordChangeForm
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from users.sign_in import LimitedForm, LimitedFormMixin, SignInForm, count_password


class LimitedPasswordChangeForm(LimitedForm, AdminPasswordChangeForm):
    """A change of the own password, with the sign-in's limit."""

    def clean_old_password(self) -> str:
        """Return the old password if it is right; ValidationError if it is not, or if it came too often."""
        self.count(lambda: count_password(self.user, now=timezone.now()))
        return super().clean_old_password()


class LimitedPasswordChangeView(LimitedFormMixin, PasswordChangeView):
    """The page of it."""

    form_class = LimitedPasswordChangeForm


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
