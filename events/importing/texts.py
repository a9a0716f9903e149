"""This file holds what becomes of text from outside: cleaned as what is sent over HTTP has to be, and not too long."""

import re
from collections import Counter

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from events.cells import NAME_MAX, cut
from events.characters import UNWANTED
from events.importing.html_text import text_from
from events.models import DESCRIPTION_MAX_LENGTH

_URL_MAX = 500
_is_address = URLValidator(schemes=["http", "https"])


def line_from(text: str, what: str, notes: Counter[str], *, between: str = " ") -> str:
    """Return a text as one line of at most 200 characters; `what` is told, in the plural, when it was cut.

    `between` stands where lines were parted.
    """
    parts = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"[\n\r\u2028\u2029]+", text))
    line = between.join(filter(None, (UNWANTED.sub("", part).strip() for part in parts)))
    return cut(line, NAME_MAX, f"{what} were cut to 200 characters", notes).strip()


def description_from(text: str, notes: Counter[str]) -> str:
    """Return a description without HTML, of at most 20,000 characters."""
    plain = UNWANTED.sub("", text_from(text).replace("\r\n", "\n").replace("\r", "\n")).strip()
    return cut(plain, DESCRIPTION_MAX_LENGTH, "descriptions were cut to 20,000 characters", notes)


def address_from(text: str, notes: Counter[str]) -> str | None:
    """Return an address that a browser opens; None for none, and for what is none."""
    text = text.strip()
    if not text:
        return None
    try:
        if len(text) <= _URL_MAX:
            _is_address(text)
            return text
    except ValidationError:
        pass
    notes["addresses (URL) were left out: not http or https, or longer than 500 characters"] += 1
    return None
