"""Tests of the strict reading of JSON bodies."""

import io

import pytest
from rest_framework.exceptions import ParseError, UnsupportedMediaType

from config.http.body import BodyTooLarge, StrictJSONParser


def _parsed(raw: bytes, media_type: str = "application/json") -> object:
    return StrictJSONParser().parse(io.BytesIO(raw), media_type)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": [1, -2.5e3, true, null, "\\ud83d\\ude00"]}', {"a": [1, -2500.0, True, None, "😀"]}),
        (b"9" * 30, 10**30 - 1), (b'"' + b"a" * 65_534 + b'"', "a" * 65_534),
    ],
)  # fmt: skip
def test_json_is_read(raw, value):
    assert _parsed(raw) == value


def test_thirty_two_levels_are_read():
    value = _parsed(b"[" * 32 + b"1" + b"]" * 32)
    for _ in range(32):
        (value,) = value

    assert value == 1


@pytest.mark.parametrize(
    "raw",
    [
        b"", b"[", b"NaN", b"-Infinity", b"1e400", b"-1e400", b"9" * 401, b"9" * 60_000, b'{"a": 1, "a": 2}', b'"\\ud800"',
        b'{"\\udfff": 1}', b'"\xff"', b"\xef\xbb\xbf{}", b"[" * 33 + b"]" * 33, b'{"a":' * 33 + b"1" + b"}" * 33,
        b"[" * 60_000, b'"a\nb"', b"{} {}", b"{'a': 1}",
    ],
)  # fmt: skip
def test_what_reads_differently_elsewhere_is_refused(raw):
    with pytest.raises(ParseError) as refused:
        _parsed(raw)

    assert len(str(refused.value.detail)) < 200


def test_large_body_is_refused_unread():
    stream = io.BytesIO(b"a" * 10_000_000)

    with pytest.raises(BodyTooLarge):
        StrictJSONParser().parse(stream, "application/json")
    assert stream.tell() == 65_537


def test_other_charset_is_refused():
    assert _parsed(b"{}", "application/json; charset=UTF-8") == {}
    with pytest.raises(UnsupportedMediaType):
        _parsed(b"{}", "application/json; charset=latin-1")
