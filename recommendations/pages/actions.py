"""What people do with an event by its buttons: save, apply, dismiss, and take some of it back."""

from collections.abc import Collection, Mapping
from datetime import datetime
from types import MappingProxyType
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from events.models import Event
from interactions.models import Interaction
from interactions.recording import NewInteraction, UnknownEvent, delete_own, record
from recommendations.pages.intention import PARAMETER, Intention, remember_secret, secret_of, signed_intention
from users import rate_limits
from users.models import User
from users.visitors import counted, page_user

_RECORDED = {
    "save": Interaction.Action.SAVE,
    "apply": Interaction.Action.APPLY,
    "dismiss": Interaction.Action.DISMISS,
}
_DELETED = {"unsave": Interaction.Action.SAVE, "restore": Interaction.Action.DISMISS}
# The parameter of the page that offers to undo a dismissal.
DISMISSED = "dismissed"


@require_POST
@counted
def act(request: HttpRequest, pk: str, action: str) -> HttpResponse:
    """Record an action or delete it, as the API does, and lead back to the page that asked for it.

    A visitor signs in first, and what they wanted is recorded then: see Note [Intentions].
    """
    user = page_user(request)
    if user is None:
        return _signing_in_first(request, int(pk), action)
    try:
        if action in _RECORDED:
            record_action(user, int(pk), _RECORDED[action], now=timezone.now())
        else:
            delete_own(user, int(pk), _DELETED[action])
    except UnknownEvent as error:
        raise Http404 from error
    return redirect(_back(request, pk, action))


def record_action(user: User, event_id: int, action: str, *, now: datetime) -> None:
    """Record what a user does with an event; UnknownEvent if there is none, RateLimitExceeded if it is too much."""
    rate_limits.INTERACTIONS.consume(str(user.pk), now=now)
    if not record(user, [NewInteraction(event_id, action, now)]):
        raise UnknownEvent


def _signing_in_first(request: HttpRequest, event_id: int, action: str) -> HttpResponse:
    page = f"/e/{event_id}"
    if action not in _RECORDED:
        return redirect_to_login(page)
    secret = secret_of(request)
    intention = signed_intention(Intention(event_id, _RECORDED[action]), secret)
    answer = redirect_to_login(f"{page}?{urlencode({PARAMETER: intention})}")
    remember_secret(secret, answer)
    return answer


def _back(request: HttpRequest, pk: str, action: str) -> str:
    """Return the address of the page that the form stood on; after a dismissal it offers to undo that."""
    if action == "dismiss":
        return back_to(request, without=(DISMISSED,), added={DISMISSED: pk}, fragment="main")
    return back_to(request, without=(DISMISSED,), fragment=f"event-{pk}")


def back_to(
    request: HttpRequest,
    *,
    without: Collection[str] = (),
    added: Mapping[str, object] = MappingProxyType({}),
    fragment: str = "",
) -> str:
    """Return the address that a form names as `next`, without some parameters and with others."""
    asked = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        asked = "/"
    url = urlsplit(asked)
    kept = [(name, value) for name, value in parse_qsl(url.query) if name not in without]
    return url._replace(query=urlencode([*kept, *added.items()]), fragment=fragment).geturl()


def dismissed_event(request: HttpRequest, user: User | None) -> Event | None:
    """Return the event whose dismissal the page offers to undo, if any."""
    pk = request.GET.get(DISMISSED, "")
    if user is None or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    own = Interaction.objects.of(user).dismissals().filter(event_id=int(pk))
    return Event.objects.filter(pk__in=own.values("event_id")).order_by("pk").first()
