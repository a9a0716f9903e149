"""Pages that visitors, who have not signed in, may see while PUBLIC_BROWSING is on."""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse

from users.models import User
from users.rate_limits import RateLimitExceeded
from users.throttles import count_request

_P = ParamSpec("_P")
_View = Callable[Concatenate[HttpRequest, _P], HttpResponse]


def counted(view: _View[_P]) -> _View[_P]:
    """Count each request, a visitor's by the client's address; RateLimitExceeded if there were too many."""

    @wraps(view)
    def counting(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        count = count_request(request, page_user(request))
        if count is not None and count.wait_seconds:
            raise RateLimitExceeded(timedelta(seconds=count.wait_seconds))
        return view(request, *args, **kwargs)

    return counting


def open_to_visitors(view: _View[_P]) -> _View[_P]:
    """Show a page to users and, while PUBLIC_BROWSING is on, to visitors; else lead them to the sign-in page.

    Each request counts: see counted().
    """
    for_users = login_required(view)

    @wraps(view)
    def checked(request: HttpRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        return (view if settings.PUBLIC_BROWSING else for_users)(request, *args, **kwargs)

    return counted(checked)


def page_user(request: HttpRequest) -> User | None:
    """Return the user of the session; None for a visitor."""
    return request.user if isinstance(request.user, User) else None
