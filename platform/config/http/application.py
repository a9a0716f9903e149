"""Django's WSGI application as it is served here."""

from typing import Any

from django.core.handlers.wsgi import WSGIHandler, WSGIRequest


class ReadableRequest(WSGIRequest):
    """A request whose Content-Type, if nobody can read it, counts as missing.

    Django's own raises ValueError, for `x*=nonsense''a` say, before any middleware could answer: a 500.
    """

    def __init__(self, environ: dict[str, Any]) -> None:
        """Take what the server gives."""
        try:
            super().__init__(environ)
        except ValueError:
            super().__init__(environ | {"CONTENT_TYPE": ""})


class Application(WSGIHandler):
    """Django's handler, with requests that can be read, served at the root of its host."""

    request_class = ReadableRequest

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request, whatever the server took for the prefix of its path.

        gunicorn believes a header named SCRIPT_NAME: every link would begin with what a client put there, and paths
        would be read without it.
        """
        path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
        return super().__call__(environ | {"SCRIPT_NAME": "", "PATH_INFO": path}, start_response)
