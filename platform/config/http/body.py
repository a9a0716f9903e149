"""The strict reading of JSON bodies."""

import json
import math
from collections.abc import Mapping
from typing import Any

from django.utils.http import parse_header_parameters
from rest_framework.exceptions import APIException, ParseError, UnsupportedMediaType
from rest_framework.parsers import BaseParser

MAX_BYTES = 64 * 1024
MAX_DEPTH = 32
# An id has 19 digits; a number of thousands takes quadratic time to read.
_MAX_DIGITS = 400


class BodyTooLarge(APIException):
    """The body is larger than 64 KB."""

    status_code = 413
    default_detail = f"The body is larger than {MAX_BYTES // 1024} KB."
    default_code = "body_too_large"


class StrictJSONParser(BaseParser):
    """JSON as RFC 8259 has it, in UTF-8, with each name once.

    Beyond the grammar it refuses what reads differently elsewhere: NaN and Infinity, numbers beyond a double, repeated
    names (RFC 8259, section 4), lone surrogates (8.2), nesting deeper than 32, more than 64 KB.
    """

    media_type = "application/json"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Mapping[str, Any] | None = None) -> Any:
        """Return the value; ParseError (400), BodyTooLarge (413) or UnsupportedMediaType (415) if it is refused."""
        charset = parse_header_parameters(media_type or "")[1].get("charset", "utf-8")
        if charset.lower() not in ("utf-8", "utf8"):
            raise UnsupportedMediaType(media_type or "", "Send JSON in UTF-8.")
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise BodyTooLarge
        try:
            value = json.loads(
                raw.decode("utf-8"),
                object_pairs_hook=_object,
                parse_constant=_no_constant,
                parse_float=_finite,
                parse_int=_integer,
            )
            _check(value)
        except UnicodeError as error:
            raise ParseError("The body is not UTF-8, or holds half of a surrogate pair.") from error
        except RecursionError as error:
            raise ParseError(_TOO_DEEP) from error
        except ValueError as error:
            raise ParseError(f"This JSON is refused: {error}") from error
        return value


_TOO_DEEP = f"The body is nested deeper than {MAX_DEPTH}."


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise ValueError("an object has the same name twice.")
    return value


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON number.")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise ValueError("a number is too large.")
    return number


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS:
        raise ValueError("a number is too large.")
    return int(digits)


def _check(value: Any) -> None:
    """Refuse what is nested too deep, and text that UTF-8 cannot say."""
    level = [value]
    depth = 0
    while level:
        depth += 1
        below: list[Any] = []
        for item in level:
            if isinstance(item, str):
                item.encode()
            elif isinstance(item, dict | list):
                if depth > MAX_DEPTH:
                    raise ValueError(_TOO_DEEP)
                below += item
                if isinstance(item, dict):
                    below += item.values()
        level = below
