"""The writing of answers as JSON."""

from collections.abc import Mapping
from typing import Any

import orjson
from django.utils.functional import Promise
from rest_framework.renderers import BaseRenderer


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


def _text_of(value: object) -> str:
    """Return the text of a message that is translated when it is read; TypeError for what is not JSON."""
    if isinstance(value, Promise):
        return str(value)
    raise TypeError(f"{type(value).__name__} is not JSON.")
