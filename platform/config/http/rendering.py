"""The writing of answers as JSON, and the choice of it."""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class JSONRenderer(BaseRenderer):
    """Writes answers by orjson: UTF-8, as RFC 8259 wants it, and times in UTC with a Z."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        """Return the JSON; nothing for no data, as 204 has none."""
        return b"" if data is None else orjson.dumps(data, default=_text_of, option=orjson.OPT_UTC_Z)


class OneFormatNegotiation(DefaultContentNegotiation):
    """Django REST framework's choice of a renderer, made at once where there is one and the client takes anything."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Return the renderer and its media type; NotAcceptable if Accept leaves it out."""
        first, *others = renderers
        if not others and request.META.get("HTTP_ACCEPT", "*/*") in ("*/*", first.media_type):
            return first, str(first.media_type)
        chosen: tuple[BaseRenderer, str] = super().select_renderer(request, (first, *others), format_suffix)
        return chosen


def _text_of(value: object) -> str:
    """Return the text of a message that is translated when it is read; TypeError for what is not JSON."""
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON.")
