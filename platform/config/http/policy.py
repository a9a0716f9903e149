"""The Content-Security-Policy: what a page may load, run and be shown in."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

_RULES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    # Text never becomes markup: the scripts make elements, and have no policy that could.
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
POLICY = "; ".join(f"{name} {value}" for name, value in _RULES.items())
# Written elsewhere, with styles and scripts inside the page: Django's admin, and what shows the OpenAPI document.
_OTHERS = ("/admin/", "/docs")


class ContentSecurityPolicyMiddleware:
    """Sets the policy on every page of our own that does not bring one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer a request."""
        response = self.get_response(request)
        is_page = response.headers.get("Content-Type", "").startswith("text/html")
        if is_page and not request.path.startswith(_OTHERS):
            response.headers.setdefault("Content-Security-Policy", POLICY)
        return response
