"""The page of the own profile."""

from typing import Any

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from events.categories import Category
from users.models import User

_ALONE = "Give latitude and longitude, or leave both empty."


class ProfileForm(forms.ModelForm[User]):
    """Name, interests and home."""

    interests = forms.MultipleChoiceField(
        choices=Category.choices, required=False, widget=forms.CheckboxSelectMultiple, label="Your interests"
    )

    class Meta:
        model = User
        fields = ("display_name", "interests", "latitude", "longitude")

    def clean(self) -> dict[str, Any]:
        """Refuse half a place."""
        cleaned: dict[str, Any] = super().clean() or {}
        for name, other in (("latitude", "longitude"), ("longitude", "latitude")):
            if not self.errors and cleaned.get(name) is None and cleaned.get(other) is not None:
                self.add_error(name, _ALONE)
        return cleaned


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show the profile, and store what is changed."""
    assert isinstance(request.user, User)
    # Another row than the request's user, whom a form that is refused would change for the header.
    sent = request.POST if request.method == "POST" else None
    form = ProfileForm(sent, instance=User.objects.get(pk=request.user.pk))
    if form.is_valid():
        User.objects.filter(pk=request.user.pk).update(**form.cleaned_data)
        return redirect(f"{request.path}?stored=1")
    context = {"form": form, "is_stored": "stored" in request.GET}
    return render(request, "page/profile.html", context, status=400 if form.errors else 200)
