"""What people do with an event by its buttons: save, dismiss, and take either back."""

from urllib.parse import parse_qsl, urlencode, urlsplit

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from events.models import Event
from interactions.models import Interaction
from interactions.recording import NewInteraction, UnknownEvent, delete_own, record
from users import rate_limits
from users.models import User

_RECORDED = {"save": Interaction.Action.SAVE, "dismiss": Interaction.Action.DISMISS}
_DELETED = {"unsave": Interaction.Action.SAVE, "restore": Interaction.Action.DISMISS}
# The parameter of the page that offers to undo a dismissal.
DISMISSED = "dismissed"


@require_POST
@login_required
def act(request: HttpRequest, pk: str, action: str) -> HttpResponse:
    """Record an action or delete it, as the API does, and lead back to the page that asked for it."""
    assert isinstance(request.user, User)
    try:
        if action in _RECORDED:
            _record(request.user, NewInteraction(int(pk), _RECORDED[action], timezone.now()))
        else:
            delete_own(request.user, int(pk), _DELETED[action])
    except UnknownEvent as error:
        raise Http404 from error
    return redirect(_back(request, pk, action))


def _record(user: User, wanted: NewInteraction) -> None:
    rate_limits.INTERACTIONS.consume(str(user.pk), now=wanted.at)
    if not record(user, [wanted]):
        raise UnknownEvent


def _back(request: HttpRequest, pk: str, action: str) -> str:
    """Return the address of the page that the form stood on; after a dismissal it offers to undo that."""
    asked = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure()):
        asked = "/"
    url = urlsplit(asked)
    kept = [(name, value) for name, value in parse_qsl(url.query) if name != DISMISSED]
    if action == "dismiss":
        return url._replace(query=urlencode([*kept, (DISMISSED, pk)]), fragment="main").geturl()
    return url._replace(query=urlencode(kept), fragment=f"event-{pk}").geturl()


def dismissed_event(request: HttpRequest, user: User | None) -> Event | None:
    """Return the event whose dismissal the page offers to undo, if any."""
    pk = request.GET.get(DISMISSED, "")
    if user is None or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        return None
    own = Interaction.objects.of(user).dismissals().filter(event_id=int(pk))
    return Event.objects.filter(pk__in=own.values("event_id")).order_by("pk").first()
