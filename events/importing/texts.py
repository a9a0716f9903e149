"""What becomes of text from outside: cleaned as what is sent over HTTP has to be, and not too long."""

import re
from collections import Counter

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from api.text_rules import cleaned_line, cleaned_text, validate_web_address, without_credentials
from events.csv_cells import NAME_MAX, cut
from events.importing.html_text import text_from
from events.models import DESCRIPTION_MAX_LENGTH

_URL_MAX = 500
_is_address = URLValidator(schemes=["http", "https"])


def line_from(text: str, what: str, notes: Counter[str], *, between: str = " ") -> str:
    """Return a text as one line of at most 200 characters; `what` is told, in the plural, when it was cut.

    `between` stands where lines were parted.
    """
    parts = (re.sub(r"\s+", " ", part).strip() for part in re.split(r"[\n\r\u2028\u2029]+", text))
    line = between.join(filter(None, map(cleaned_line, parts)))
    return cleaned_line(cut(line, NAME_MAX, f"{what} were cut to 200 characters", notes))


def description_from(text: str, notes: Counter[str]) -> str:
    """Return a description without HTML, of at most 20,000 characters."""
    plain = cleaned_text(text_from(text).replace("\r\n", "\n").replace("\r", "\n")).strip()
    return cleaned_text(cut(plain, DESCRIPTION_MAX_LENGTH, "descriptions were cut to 20,000 characters", notes))


def address_from(text: str, notes: Counter[str]) -> str | None:
    """Return an address that a browser opens, without user name and password; None for none, and for what is none."""
    text = text.strip()
    if not text:
        return None
    bare = without_credentials(text)
    try:
        if len(bare) <= _URL_MAX:
            _is_address(bare)
            validate_web_address(bare)
            if bare != text:
                notes["addresses (URL) had a user name or password: these were left out"] += 1
            return bare
    except ValidationError:
        pass
    notes["addresses (URL) were left out: not http or https, or longer than 500 characters"] += 1
    return None
