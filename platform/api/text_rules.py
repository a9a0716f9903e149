"""Rules for stored text, and how to make a text follow them.

The patterns are read by Python and by PostgreSQL alike: validators, serializers and imports use the functions below,
platform/api/constraints.py makes CHECK constraints of the same patterns.
"""

import re

from django.core.exceptions import ValidationError

# Controls other than tab, line feed and carriage return, and the characters that show text in another order than it is
# stored in: embeddings, overrides and isolates. The marks U+200E, U+200F and U+061C stay allowed: they move nothing but
# the punctuation beside them, and Arabic and Hebrew need them. Source: Unicode Standard Annex 9, 2.1 to 2.6.
_FORBIDDEN = r"\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069"
# Controls, white space, and what shows nothing where it stands alone: Default_Ignorable_Code_Point, interlinear
# annotation and the empty Braille pattern. Source: DerivedCoreProperties.txt of Unicode 16.
INVISIBLE = (
    r"\u0000-\u0020\u007F-\u00A0\u00AD\u034F\u061C\u115F\u1160\u1680\u17B4\u17B5\u180B-\u180F\u2000-\u200F\u2028-\u202F"
    r"\u205F-\u206F\u2800\u3000\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB\U0001BCA0-\U0001BCA3\U0001D173-\U0001D17A"
    r"\U000E0000-\U000E0FFF"
)
LINE_BREAKS = r"\u0009\u000A\u000D\u2028\u2029"

# What no text may match; empty text does not.
INVALID = f"[{_FORBIDDEN}]|^[{INVISIBLE}]+$"
# Text without anything to see.
BLANK = f"^[{INVISIBLE}]*$"
# An http or https address whose host follows at once: without user name, password or backslash, which browsers read as
# a slash.
WEB_ADDRESS = rf"^[Hh][Tt][Tt][Pp][Ss]?://[^{INVISIBLE}/?#@\\]+([/?#]|$)"

# Half of a surrogate pair cannot be stored at all, and comes from the command line only.
FORBIDDEN = re.compile(f"[{_FORBIDDEN}\ud800-\udfff]")
_BLANK = re.compile(BLANK)
_LINE_BREAKS = re.compile(f"[{LINE_BREAKS}]")
_WEB_ADDRESS = re.compile(WEB_ADDRESS)
_CREDENTIALS = re.compile(rf"^([Hh][Tt][Tt][Pp][Ss]?://)[^{INVISIBLE}/?#\\]*@")


def validate_text(text: str) -> None:
    """Raise ValidationError for text with forbidden characters, or with nothing to see in it."""
    if FORBIDDEN.search(text):
        raise ValidationError(
            "This contains a control character, or one that changes the direction of text. Remove it.", "forbidden"
        )
    if text and _BLANK.search(text):
        raise ValidationError("This contains no visible character. Write something, or leave it empty.", "invisible")


def validate_line(text: str) -> None:
    """Raise ValidationError for what is no text (see `validate_text`), or has a tab or a line break."""
    validate_text(text)
    if _LINE_BREAKS.search(text):
        raise ValidationError("Write this in one line, without tabs.", "line_break")


def validate_web_address(url: str) -> None:
    """Raise ValidationError for an address that is not http or https, or contains a user name or password."""
    if not _WEB_ADDRESS.search(url) or FORBIDDEN.search(url):
        raise ValidationError("Enter a valid URL, with http or https, without user name and password.", "invalid")


def cleaned_text(text: str) -> str:
    """Return a text without its forbidden characters; empty if nothing visible is left."""
    text = FORBIDDEN.sub("", text)
    return "" if _BLANK.search(text) else text


def cleaned_line(text: str) -> str:
    """Return a text in one line, without forbidden characters and surrounding white space."""
    return cleaned_text(_LINE_BREAKS.sub(" ", text)).strip()


def without_credentials(url: str) -> str:
    """Return an http or https address without user name and password."""
    return _CREDENTIALS.sub(r"\1", url)
