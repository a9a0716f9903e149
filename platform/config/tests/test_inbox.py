"""This file holds the tests that the inbox finds requests in whatever comes, however it is cut into pieces."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.http import inbox
from config.http.inbox import Inbox, Refused

HEAD_BYTES, BODY_BYTES = 200, 300
WORDS = [
    b"GET / HTTP/1.1\r\n", b"POST /x HTTP/1.0\r\n", b"Content-Length: 3", b"Content-Length: 400", b"Content-Length: +1",
    b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip", b"Expect: 100-continue", b"X: y", b"\r\n", b"\r\n\r\n",
    b"\n", b"\r", b"0\r\n", b"3\r\nabc\r\n", b"3;e=1\r\n", b"fffff\r\n", b"abc", b":", b" ", b"\0", b"T: 1\r\n", b"\xff",
    b"x" * 150,
]  # fmt: skip
CHUNKED = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
# How an endless request begins and goes on, and what is said to it.
ENDLESS = [
    (b"GET / HTTP/1.1\r\nX: ", b"x", 431), (b"GET /", b"x", 431), (CHUNKED, b"3\r\nabc\r\n", 413), (CHUNKED, b"1", 413),
    (CHUNKED + b"3;x=", b"x", 413), (CHUNKED + b"0\r\nT: ", b"x", 431), (CHUNKED + b"0\r\n", b"T: 1\r\n", 431),
    (b"POST / HTTP/1.1\r\nContent-Length: 99999\r\n\r\n", b"x", 413), (CHUNKED + b"fff\r\n", b"x", 413),
]  # fmt: skip

pytestmark = pytest.mark.property


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch):
    """So that random requests reach them."""
    monkeypatch.setattr(inbox, "HEAD_BYTES", HEAD_BYTES)
    monkeypatch.setattr(inbox, "BODY_BYTES", BODY_BYTES)


@st.composite
def requests(draw):
    """A request as it is sent, and the pieces that are to come out of the inbox."""
    framing = draw(st.sampled_from(["none", "length", "chunked"]))
    method = draw(st.sampled_from([b"GET", b"POST"]))
    fields = draw(st.lists(st.sampled_from([b"Host: x", b"X-Y: z", b"Expect: 100-continue", b"Content-Type: a/b"])))
    head = method + b" /path?q=1 HTTP/1.1\r\n" + b"".join(field + b"\r\n" for field in fields[:5])
    if framing == "none":
        return head + b"\r\n", (head + b"\r\n",)
    if framing == "length":
        body = draw(st.binary(max_size=BODY_BYTES))
        head += b"Content-Length: %d\r\n\r\n" % len(body)
        return head + body, (head, body) if body else (head,)
    head += b"Transfer-Encoding: chunked\r\n\r\n"
    chunks = draw(st.lists(st.binary(min_size=1, max_size=40), max_size=5))
    extension, trailers = draw(st.sampled_from([b"", b";a=b"])), draw(st.sampled_from([b"", b"T: 1\r\nU: 2\r\n"]))
    body = b"".join(b"%x%b\r\n%b\r\n" % (len(chunk), extension, chunk) for chunk in chunks) + b"0\r\n"
    return head + body + trailers + b"\r\n", (head, body + b"\r\n")


def cut(sent, places):
    """What was sent, in pieces that end at these places."""
    ends = sorted({place % (len(sent) + 1) for place in places} | {0, len(sent)})
    return [sent[begin:end] for begin, end in itertools.pairwise(ends)]


def taken(pieces):
    """What comes out, request by request, until one is refused; and what was said then."""
    box, found = Inbox(), []
    for piece in pieces:
        box.received += piece
        try:
            while box.received and (request := box.take()):
                found.append(request)
        except Refused as refused:
            return found, refused.answer()[:12]
        box.owes_continue()
        # A head, a body and trailers, each at its limit, and the sizes of chunks count as body.
        assert len(box.received) <= 2 * HEAD_BYTES + BODY_BYTES + 2
    return found, b""


@given(st.lists(requests(), max_size=4), st.lists(st.integers(0, 10_000), max_size=30))
def test_requests_come_out_as_they_were_put_in(sent, places):
    assert taken(cut(b"".join(request for request, _ in sent), places)) == ([pieces for _, pieces in sent], b"")


@given(st.lists(requests(), max_size=2))
def test_requests_come_out_of_single_bytes(sent):
    stream = b"".join(request for request, _ in sent)

    assert taken(stream[place : place + 1] for place in range(len(stream))) == ([pieces for _, pieces in sent], b"")


@given(
    st.lists(st.sampled_from(WORDS) | st.binary(max_size=20), max_size=40),
    st.lists(st.integers(0, 10_000), max_size=30),
)
def test_anything_is_taken_or_refused_within_limits_however_it_is_cut(words, places):
    stream = b"".join(words)

    (whole, _), (pieces, status) = taken([stream] if stream else []), taken(cut(stream, places))

    # Cut, what is no request may be refused before the end that makes it one to gunicorn.
    shorter = min(len(whole), len(pieces))
    assert whole[:shorter] == pieces[:shorter]
    assert status in (b"", b"HTTP/1.1 400", b"HTTP/1.1 413", b"HTTP/1.1 431")


@given(st.sampled_from(ENDLESS), st.integers(1, 50))
def test_endless_requests_are_refused_before_they_are_large(endless, times):
    opening, more, status = endless

    assert taken([opening, *[more * times] * 2_000]) == ([], b"HTTP/1.1 %d" % status)
