"""The listing of every route that there is, with the methods that it takes."""

from django.urls import URLResolver, get_resolver
from django.views.generic import RedirectView

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def patterns(resolver, prefix=""):
    """Yield every route below a resolver with its view."""
    for pattern in resolver.url_patterns:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern, route)
        else:
            yield route, pattern.callback


def methods_of(view):
    """Return the methods that a view has; GET and POST of a plain function, which does not tell."""
    if actions := getattr(view, "actions", None):
        return {method.upper() for method in actions if method != "head"}
    # The admin wraps its views: what the wrapper took over of a class-based one tells it.
    made_of = getattr(view, "view_class", None) or getattr(view, "cls", None)
    if made_of is None or made_of is RedirectView:
        return {"GET", "POST"}
    has = {method for method in METHODS if hasattr(made_of, method.lower())}
    return has & {method.upper() for method in made_of.http_method_names}


def routed():
    return {(method, route) for route, view in patterns(get_resolver()) for method in methods_of(view)}
