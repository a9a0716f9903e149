"""The page of the own profile: what is stored, hidden and shared, and its end."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from api.costly import Costly, costly
from events.categories import Category
from events.models import Event
from interactions.models import NEWEST_FIRST, Interaction, Mute
from recommendations.pages.refusals import with_refusals
from users.models import CalendarToken, User
from users.personal_data.erasure import LastSuperuser, erase
from users.sign_in import count_password
from users.tokens import new_calendar_token
from users.visitors import counted, page_user

_ALONE = "Give latitude and longitude, or leave both empty."
# How many dismissed events are listed, the last one first.
_DISMISSED_SHOWN = 50


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


class ErasureForm(forms.Form):
    """The password and a tick: nobody erases an account by accident."""

    password = forms.CharField(
        strip=False, max_length=1_000, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )
    is_sure = forms.BooleanField(
        label="Erase my account and all that is known about me",
        error_messages={"required": "Tick this if you mean it."},
    )


def _of_owner(view: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Let those in who are signed in; others sign in first, and come to the profile, because what they sent is lost."""

    @wraps(view)
    def checked(request: HttpRequest) -> HttpResponse:
        return redirect_to_login(reverse("profile")) if page_user(request) is None else view(request)

    return checked


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    """Show the profile, and store what is changed."""
    user = _user_of(request)
    # Another row than the request's user, whom a form that is refused would change for the header.
    sent = request.POST if request.method == "POST" else None
    form = ProfileForm(sent, instance=User.objects.get(pk=user.pk))
    if form.is_valid():
        User.objects.filter(pk=user.pk).update(**form.cleaned_data)
        return redirect(f"{request.path}?stored=1")
    return _page(request, user, form=form)


@require_POST
@with_refusals
@counted
@_of_owner
def privacy(request: HttpRequest) -> HttpResponse:
    """Store whether the feed may be put in an order of one's own."""
    user = _user_of(request)
    User.objects.filter(pk=user.pk).update(personal_ranking="personal_ranking" in request.POST)
    return redirect(f"{reverse('profile')}?stored=1")


@require_POST
@with_refusals
@counted
@_of_owner
def calendar(request: HttpRequest) -> HttpResponse:
    """Make new addresses of the calendars, which are shown once, or revoke them."""
    user = _user_of(request)
    if "revoke" in request.POST:
        CalendarToken.objects.filter(user=user).delete()
        return redirect(f"{reverse('profile')}#calendar")
    token = new_calendar_token(user, now=timezone.now())
    return _page(request, user, addresses=[
        (label, request.build_absolute_uri(f"{reverse(name)}?token={token}"))
        for label, name in (("What you saved", "saved-calendar"), ("What is recommended to you", "calendar"))
    ])  # fmt: skip


@require_POST
@with_refusals
@counted
@_of_owner
def erasure(request: HttpRequest) -> HttpResponse:
    """Erase the account after a tick and the password, and say goodbye."""
    user, form = _user_of(request), ErasureForm(request.POST)
    if form.is_valid():
        count_password(user, now=timezone.now())
        if not user.check_password(form.cleaned_data["password"]):
            form.add_error("password", "This is not your password. Without one, ask staff to erase you.")
    if not form.is_valid():
        return _page(request, user, erasure=form)
    try:
        with costly(Costly.ERASURE):
            erase(user)
    except LastSuperuser as error:
        form.add_error(None, str(error))
        return _page(request, user, erasure=form)
    logout(request)
    return render(request, "page/erased.html")


def _user_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _page(request: HttpRequest, user: User, **forms_and_addresses: Any) -> HttpResponse:
    context = {
        "form": ProfileForm(instance=user),
        "erasure": ErasureForm(),
        "is_stored": "stored" in request.GET,
        "mutes": NEWEST_FIRST.sorted(Mute.objects.of(user).with_names()),
        "dismissed_events": _dismissed_by(user),
        "calendar_since": CalendarToken.objects.filter(user=user).values_list("created_at", flat=True).first(),
        **forms_and_addresses,
    }
    is_wrong = any(form.errors for form in (context["form"], context["erasure"]))
    return render(request, "page/profile.html", context, status=400 if is_wrong else 200)


def _dismissed_by(user: User) -> list[Event]:
    """Return the events that a user dismissed last, each once, the last first."""
    own = NEWEST_FIRST.sorted(Interaction.objects.of(user).dismissals().select_related("event"))
    return list({row.event_id: row.event for row in own[:_DISMISSED_SHOWN]}.values())
