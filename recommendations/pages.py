"""The pages that people see: the feed's, which asks the API for everything, and the sign-in's."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import LoginView, LogoutView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, re_path
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from recommendations.demo.loading import demo_sign_in
from users.rate_limits import RateLimitExceeded
from users.sign_in import PageSignInForm


@require_safe
@login_required
@ensure_csrf_cookie
def page(request: HttpRequest, pk: str | None = None) -> HttpResponse:
    """Answer with the page; its script reads from the address what to show: the feed, or one event."""
    return render(request, "page/home.html")


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


urlpatterns = [
    # Not path(""): the catch-all at the end of config/urls.py has that name.
    re_path("^$", page, name="page"),
    re_path("^event/(?P<pk>[0-9]{1,19})$", page, name="event-page"),
    path("sign-in", SignInPage.as_view(), name="sign-in"),
    path("sign-out", SignOut.as_view(), name="sign-out"),
]
