"""This file holds what a client has sent or not yet read: the bytes of incomplete requests, the rest of answers."""

import errno
import os
import re
import select
import time
from collections import deque
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from socket import socket
from typing import IO, Any

from gunicorn.http.body import CHUNK_EXT_RE

from config.http.refusal import refusal

HEAD_BYTES = 32 * 1024
# As sent, with the sizes of chunks.
BODY_BYTES = 1024 * 1024
# A thread that makes an answer with more in memory waits for the client to read.
ANSWER_BYTES = 1024 * 1024
PIECE_BYTES = 64 * 1024
# Here gunicorn refuses spaces before the colon; they must not hide a body from us where it is set to allow them.
_FRAMING = re.compile(rb"\r\n(content-length|transfer-encoding|expect)[ \t]*:([^\r\n]*)", re.IGNORECASE)
_FIRST_LINE = re.compile(rb"(?:\r\n)?[!-~]+ [!-~]+ HTTP/1\.[01]\r\n")
_BEGINNINGS = frozenset(b"\r" + bytes(range(0x21, 0x7F)))
_BARE_LF = re.compile(rb"(?<!\r)\n")
_CHUNK_SIZE = re.compile(rb"([0-9A-Fa-f]{1,16})" + CHUNK_EXT_RE.pattern)
_TRAILERS = re.compile(rb"(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t -~\x80-\xff]*\r\n)*")


class Refused(Exception):
    """The request is not served: it is answered with a status and a detail, and the connection closed."""

    def answer(self) -> bytes:
        """Return the response, a problem document."""
        status, detail = self.args
        return refusal(status, detail)


@dataclass
class Inbox:
    """What a client has sent and nobody has taken yet.

    It finds where a request ends. Whether it is one, gunicorn's parser says: where that will refuse all that follows
    (two lengths, a length and a coding), the request ends at once. What cannot become one costs no thread.
    """

    received: bytearray = field(default_factory=bytearray)
    # Length of the head with its empty line; 0 until that has come.
    _head: int = 0
    # Length of the whole request; None until known.
    _whole: int | None = None
    # How far the bytes have been looked at; in a chunked body, where a chunk begins.
    _seen: int = 0
    _expects_continue: bool = False

    def take(self) -> tuple[bytes, ...]:
        """Remove the first request and return it as head and, if there is one, body; () while none is complete.

        Raises Refused for one that is too large, not chunked as it says, or not begun as any request.
        """
        if not self._head:
            self._find_head()
        if self._head and self._whole is None:
            self._find_last_chunk()
        if self._whole is None or len(self.received) < self._whole:
            return ()
        pieces = bytes(self.received[: self._head]), bytes(self.received[self._head : self._whole])
        del self.received[: self._whole]
        self._head, self._whole, self._seen, self._expects_continue = 0, None, 0, False
        return pieces if pieces[1] else pieces[:1]

    def owes_continue(self) -> bool:
        """Whether the client waits for `100 Continue` before it sends the body; true once for a request."""
        owes = self._expects_continue and len(self.received) == self._head
        self._expects_continue = False
        return owes

    def _find_head(self) -> None:
        end = self.received.find(b"\r\n\r\n", max(0, self._seen - 3))
        self._seen, seen = len(self.received) if end < 0 else end + 4, self._seen
        if self._seen > HEAD_BYTES:
            raise Refused(431, f"The request line and the headers may have {HEAD_BYTES} bytes together.")
        if end >= 0:
            self._head = self._seen
            self._find_framing()
        elif self._is_hopeless(seen):
            raise Refused(400, "This is no request of HTTP/1.1.")

    def _is_hopeless(self, seen: int) -> bool:
        has_first_line = self.received.find(b"\r\n", 2) >= 0
        begins_well = _FIRST_LINE.match(self.received) if has_first_line else self.received[0] in _BEGINNINGS
        return not begins_well or _BARE_LF.search(self.received, seen) is not None

    def _find_framing(self) -> None:
        self._whole = self._head
        fields: dict[bytes, list[bytes]] = {}
        for name, value in _FRAMING.findall(self.received, 0, self._head):
            fields.setdefault(name.lower(), []).append(value.strip(b" \t").lower())
        lengths, codings = fields.get(b"content-length", []), fields.get(b"transfer-encoding", [])
        expected = fields.get(b"expect", [])
        if len(lengths) + bool(codings) != 1 or any(value != b"100-continue" for value in expected):
            return
        if codings:
            if codings[-1].rpartition(b",")[2].strip(b" \t") == b"chunked":
                self._whole = None
        elif re.fullmatch(rb"[0-9]+", lengths[0]):
            digits = lengths[0].lstrip(b"0")
            # Python refuses to read thousands of digits.
            self._whole += _checked(int(digits or b"0") if len(digits) < 16 else BODY_BYTES + 1)
        self._expects_continue = bool(expected) and b" HTTP/1.1\r\n" in self.received[: self._head]

    def _find_last_chunk(self) -> None:
        while (end := self.received.find(b"\r\n", self._seen)) >= 0:
            line = _CHUNK_SIZE.fullmatch(self.received, self._seen, end)
            if line is None:
                raise Refused(400, "The body is not chunked as Transfer-Encoding says: a chunk has no size.")
            size, end = int(line[1], 16), end + 2
            if size == 0:
                self._find_trailers(end)
                return
            end += size
            if len(self.received) < _checked(end - self._head) + self._head + 2:
                break
            if self.received[end : end + 2] != b"\r\n":
                raise Refused(400, "The body is not chunked as Transfer-Encoding says: a chunk is not of its size.")
            self._seen = end + 2
        _checked(len(self.received) - self._head)
        # gunicorn's own bound of the line.
        if end < 0 and len(self.received) - self._seen > 8190:
            raise Refused(400, "The body is not chunked as Transfer-Encoding says: a chunk's size does not end.")

    def _find_trailers(self, begin: int) -> None:
        """Drop the fields behind a chunked body, as RFC 9112, 7.1.2 allows, once they have come."""
        end = self.received.find(b"\r\n\r\n", begin - 2)
        if (len(self.received) if end < 0 else end) - begin > HEAD_BYTES:
            raise Refused(431, f"The trailers may have {HEAD_BYTES} bytes.")
        if end >= 0:
            if not _TRAILERS.fullmatch(self.received, begin, end + 2):
                raise Refused(400, "A trailer is malformed.")
            del self.received[begin : end + 2]
            self._whole = begin + 2


def _checked(body_bytes: int) -> int:
    if body_bytes > BODY_BYTES:
        raise Refused(413, f"A body may have {BODY_BYTES} bytes.")
    return body_bytes


@dataclass
class Outbox:
    """What a thread sees of a connection: to gunicorn it is a socket, but one that only sends, and without waiting.

    What the client does not take at once is kept (of a file its descriptor), and the poll loop sends it on. Thread and
    loop never use it at the same time.
    """

    client_socket: socket
    kept_bytes: int = 0
    # How long the client may still keep a thread waiting for it.
    patience_seconds: float = 0.0
    # True once the answer cannot be completed.
    broken: bool = False
    pieces: deque[memoryview | Iterator[bytes]] = field(default_factory=deque)

    def sendall(self, data: bytes) -> None:
        """Send, or keep to be sent."""
        sent = 0
        if not self.pieces and not self.broken:
            with suppress(BlockingIOError):
                sent = self.client_socket.send(data)
        if sent < len(data):
            # A copy of the rest alone, for the whole may be much larger.
            self.pieces.append(memoryview(data[sent:]))
            self.kept_bytes += len(data) - sent
            while self.broken or self.kept_bytes > ANSWER_BYTES:
                self._wait()

    def sendfile(self, file: IO[bytes], offset: int, count: int) -> None:
        """Send a part of a regular file."""
        self.pieces.append(_blocks(os.fdopen(os.dup(file.fileno()), "rb"), offset, offset + count))
        self.flush()

    def flush(self) -> bool:
        """Send what the client takes now; return whether nothing is left, as after breaking off."""
        try:
            while self.pieces:
                piece = self.pieces[0]
                if not isinstance(piece, memoryview):
                    piece = memoryview(next(piece, b""))
                    self.pieces.appendleft(piece) if piece else self.pieces.popleft()
                    self.kept_bytes += len(piece)
                    continue
                sent = self.client_socket.send(piece)
                self.kept_bytes -= sent
                if piece := piece[sent:]:
                    self.pieces[0] = piece
                else:
                    self.pieces.popleft()
        except BlockingIOError:
            return False
        except OSError:
            self.break_off()
        return True

    def break_off(self) -> None:
        """Give the answer up."""
        self.broken = True
        self.pieces.clear()
        self.kept_bytes = 0

    def _wait(self) -> None:
        poll, begun_at = select.poll(), time.monotonic()
        poll.register(self.client_socket, select.POLLOUT)
        if not self.broken and self.patience_seconds > 0 and poll.poll(self.patience_seconds * 1000):
            self.flush()
        else:
            self.break_off()
        self.patience_seconds -= time.monotonic() - begun_at
        if self.broken:
            raise BrokenPipeError(errno.EPIPE, "The client does not read.")

    def shutdown(self, _: int) -> None:
        """Break off, as gunicorn does in a thread after an error in the middle of an answer."""
        self.break_off()
        raise BrokenPipeError(errno.EPIPE, "Only the loop closes.")

    def _ignore(self, _: Any = None) -> None:
        """Do nothing where gunicorn makes a socket wait or closes it: only the loop closes descriptors."""

    setblocking = settimeout = gettimeout = close = _ignore


def _blocks(file: IO[bytes], begin: int, end: int) -> Iterator[bytes]:
    with file:
        while begin < end and (block := os.pread(file.fileno(), min(PIECE_BYTES, end - begin), begin)):
            begin += len(block)
            yield block
    if begin < end:
        raise BrokenPipeError(errno.EPIPE, "The file became shorter.")
