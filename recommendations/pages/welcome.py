"""The first minute of a new user: interests and a place, both of which may be left out."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from events.categories import Category, canonical_set
from recommendations.pages.intention import PARAMETER
from users.models import User
from users.towns import TownForm

_PERSONAL_FEED = "/?view=recommended"


class WelcomeForm(TownForm):
    """Interests and a place."""

    interests = forms.MultipleChoiceField(choices=Category.choices, required=False, widget=forms.CheckboxSelectMultiple)

    @property
    def answers(self) -> dict[str, Any]:
        """The fields of the user that were answered, with their values."""
        answers: dict[str, Any] = {}
        if self.cleaned_data["interests"]:
            answers["interests"] = canonical_set(self.cleaned_data["interests"])
        if self.place is not None:
            answers["latitude"], answers["longitude"] = self.place
        return answers


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def welcome(request: HttpRequest) -> HttpResponse:
    """Ask, store what is answered, and lead on: to where the user was on the way to, else to the personal feed."""
    assert isinstance(request.user, User)
    following = _following(request)
    sent = request.POST if request.method == "POST" else None
    form = WelcomeForm(sent, initial={"interests": request.user.interests})
    if form.is_valid():
        if form.answers:
            User.objects.filter(pk=request.user.pk).update(**form.answers)
        return redirect(following)
    context = {"form": form, "next": following}
    return render(request, "page/welcome.html", context, status=400 if form.errors else 200)


def _following(request: HttpRequest) -> str:
    """Return where to go on: to the personal feed for whoever came from a list of events, by the header's link."""
    following = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(following, {request.get_host()}, require_https=request.is_secure()):
        return _PERSONAL_FEED
    address = urlsplit(following)
    return _PERSONAL_FEED if address.path == "/" and PARAMETER not in parse_qs(address.query) else following
