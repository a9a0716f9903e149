"""Signing in and out, by page."""

from typing import Any

from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpResponse

from recommendations.demo.loading import demo_sign_in
from users.rate_limits import RateLimitExceeded
from users.sign_in import PageSignInForm


class SignInPage(LoginView):
    """Takes username and password; 403 if they are wrong, 429 if they came too often."""

    template_name = "page/sign_in.html"
    authentication_form = PageSignInForm
    redirect_authenticated_user = True
    http_method_names = ["get", "head", "options", "post"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Add the demo user, whom anybody may be while the demo data is loaded."""
        return super().get_context_data(**kwargs) | {"demo": demo_sign_in()}

    def form_invalid(self, form: Any) -> HttpResponse:
        """Show the form with what is wrong, under a status that scripts understand."""
        answer = super().form_invalid(form)
        answer.status_code = 403
        if isinstance(refusal := form.refusal, RateLimitExceeded):
            answer.status_code = 429
            answer["Retry-After"] = str(refusal.wait_seconds)
        return answer


class SignOut(LogoutView):
    """Ends the session."""

    next_page = "sign-in"
    http_method_names = ["options", "post"]
