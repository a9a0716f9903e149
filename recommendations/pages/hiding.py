"""Hiding organisers, series and categories by a button of an event, and showing them again."""

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST
from rest_framework.exceptions import ValidationError

from interactions.models import Mute
from interactions.muting import TooManyMutes, UnknownOrganiser, mute, unmute
from interactions.serializers import MuteSerializer
from recommendations.pages.actions import DISMISSED, back_to
from recommendations.pages.refusals import with_refusals
from users import rate_limits
from users.models import User
from users.visitors import counted, page_user

# The parameter of the page that offers to undo a mute.
HIDDEN = "hidden"


class TargetForm(forms.Form):
    """What a button says is to be hidden, in the names of POST /mutes."""

    organiserId = forms.IntegerField(required=False)
    series = forms.CharField(required=False)
    category = forms.CharField(required=False)


@require_POST
@with_refusals
@counted
def hide(request: HttpRequest) -> HttpResponse:
    """Mute what the button stands for, as the API does, and lead back to the page, which offers to undo it."""
    user = page_user(request)
    if user is None:
        return redirect_to_login(back_to(request))
    form = TargetForm(request.POST)
    form.is_valid()
    asked = MuteSerializer(data={name: value for name, value in form.cleaned_data.items() if value})
    asked.is_valid(raise_exception=True)
    [(target, value)] = asked.validated_data.items()
    now = timezone.now()
    rate_limits.MUTES.consume(str(user.pk), now=now)
    try:
        muted, _ = mute(user, target, value, now=now)
    except UnknownOrganiser as error:
        raise Http404 from error
    except TooManyMutes as error:
        raise ValidationError(str(error)) from error
    return redirect(back_to(request, without=(HIDDEN, DISMISSED), added={HIDDEN: muted.pk}, fragment="main"))


@require_POST
@with_refusals
@counted
def show_again(request: HttpRequest, pk: str) -> HttpResponse:
    """Undo a mute, and lead back to the page."""
    user = page_user(request)
    if user is None:
        return redirect_to_login(back_to(request))
    unmute(user, int(pk))
    return redirect(back_to(request, without=(HIDDEN,), fragment="main"))


def hidden_mute(request: HttpRequest, user: User | None) -> Mute | None:
    """Return the mute that the page offers to undo, if any."""
    pk = request.GET.get(HIDDEN, "")
    if user is None or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    return Mute.objects.of(user).with_names().filter(pk=int(pk)).order_by("pk").first()
