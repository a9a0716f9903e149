"""Signing in and out, by page."""

from typing import Any

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse

from recommendations.demo.loading import demo_sign_in
from users.sign_in import LimitedFormMixin, PageSignInForm


class SignInPage(LimitedFormMixin, LoginView):
    """Takes an e-mail address or username and the password; 403 if they are wrong, 429 if they came too often."""

    template_name = "page/sign_in.html"
    authentication_form = PageSignInForm
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo user, whom anybody may be while the demo data is loaded, and whether people may sign up."""
        return super().get_context_data(**kwargs) | {"demo": demo_sign_in(), "sign_up": settings.SIGN_UP}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form with what is wrong, under a status that scripts understand."""
        answer = super().form_invalid(form)
        if answer.status_code == 200:
            answer.status_code = 403
        return answer


class SignOut(LogoutView):
    """Ends the session."""

    next_page = "sign-in"
    http_method_names = ["options", "post"]
