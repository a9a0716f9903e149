"""This file holds the tests that slow and hostile clients do not stop the server."""

import json
import os
import select
from http import HTTPStatus

import pytest

from config.http.worker import PatientWorker
from config.tests.gunicorn_server import END, GET, WAIT, Server, answers, close, next_answer, rest

POST = b"POST / HTTP/1.1\r\nHost: x\r\n"
FILE, LARGE = (GET.replace(b"/", path, 1) for path in (b"/file", b"/large"))
NOT_CHUNKED = "The body is not chunked as Transfer-Encoding says: a "
TOO_LARGE = "A body may have 1048576 bytes."
HALF = b"GET / HTTP/1.1\r\nHost:"
CHUNKED = POST + b"Transfer-Encoding: chunked\r\n" + END
INCOMPLETE = [b"", HALF, POST + b"Content-Length: 9\r\n\r\nhalf", CHUNKED + b"3\r\nab"]

pytestmark = pytest.mark.slow


class HastyWorker(PatientWorker):
    request_seconds = send_seconds = linger_seconds = 0.5


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("worker") / "file"
    path.write_bytes(os.urandom(8 << 20))
    return path


@pytest.fixture(scope="module")
def server(file):
    with Server("config.http.worker.PatientWorker", file, "--worker-connections", "150") as server:
        yield server


@pytest.fixture(scope="module")
def hasty(file):
    with Server("config.tests.test_worker.HastyWorker", file, "--keep-alive", "1") as server:
        yield server


@pytest.mark.parametrize(
    ("pieces", "expected"),
    [
        ([GET], [(200, b"GET / ")]), ([b"GET /1.0 HTTP/1.0\r\n\r\n"], [(200, b"GET /1.0 ")]), ([b"\r\n" + GET], [(200, b"GET / ")]), ([GET[place : place + 1] for place in range(len(GET))], [(200, b"GET / ")]),
        ([POST + b"Content-Length: 3\r\n" + END, b"a", b"bc"], [(200, b"POST / abc")]), ([POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n" + END + b"abc"], [(200, b"POST / abc")]),
        ([CHUNKED, b"3\r\nabc\r", b"\n2;x=y\r\nde\r\n0\r\nT: 1\r\n", b"\r\n"], [(200, b"POST / abcde")]), ([POST + b"Content-Length: 1048576\r\n" + END, b"b" * 1048576], [(200, b"POST / " + b"b" * 1048576)]),
        ([b"GET /%d HTTP/1.1\r\nHost: x\r\n\r\n" % n for n in range(3)] + [GET], [(200, b"GET /%d " % n) for n in range(3)] + [(200, b"GET / ")]),
        ([b"".join([POST + b"Content-Length: 3\r\n\r\nabc", CHUNKED.replace(END, b"\r\n"), b"1\r\nd\r\n0\r\n\r\n", GET])], [(200, b"POST / abc"), (200, b"POST / d"), (200, b"GET / ")]),
    ],
)  # fmt: skip
def test_serves(server, pieces, expected):
    assert answers(server.talk(*pieces)) == expected


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /\r\n", 400), (b"\x16\x03\x01\x02\x00\r\n", 400), (GET.replace(b"\r\n", b"\n"), 400), (b"GET / HTTP/1.1\r\nHost: x\n", 400), (b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 400),
        (POST + b"Content-Length: -1\r\n\r\n", 400), (POST + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\n", 400), (POST + b"Content-Length : 1\r\n\r\nx", 400),
        (POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400), (POST + b"Transfer-Encoding: gzip\r\n\r\n", 400), (POST + b"Transfer-Encoding: odd\r\n\r\n", 501),
        (POST + b"Expect: odd\r\nContent-Length: 1\r\n\r\n", 417), (b"GET /" + b"u" * 5000 + b" HTTP/1.1\r\n\r\n", 414),
    ],
)  # fmt: skip
def test_leaves_malformed_requests_to_gunicorn(server, sent, status):
    assert [status for status, _ in answers(server.talk(sent))] == [status]


@pytest.mark.parametrize(
    ("pieces", "status", "detail"),
    [
        ([b"GET / HTTP/1.1\r\nX: " + b"x" * 40_000], 431, "The request line and the headers may have 32768 bytes together."), ([POST + b"Content-Length: 1048577\r\n\r\n", b"b" * 1048577], 413, TOO_LARGE),
        ([POST + b"Content-Length: " + b"9" * 9_000 + b"\r\n\r\n"], 413, TOO_LARGE), ([CHUNKED, *[b"10000\r\n" + b"c" * 65536 + b"\r\n"] * 17], 413, TOO_LARGE), ([CHUNKED, b"fffffffff\r\n"], 413, TOO_LARGE),
        ([CHUNKED, b"0\r\nT: " + b"t" * 40_000], 431, "The trailers may have 32768 bytes."), ([CHUNKED, b"0\r\nT\r\n\r\n"], 400, "A trailer is malformed."), ([CHUNKED, b"1\r\nabc"], 400, NOT_CHUNKED + "chunk is not of its size."),
        ([CHUNKED, b"-1\r\n"], 400, NOT_CHUNKED + "chunk has no size."), ([CHUNKED, b"1" * 9_000], 400, NOT_CHUNKED + "chunk's size does not end."),
    ],
)  # fmt: skip
def test_refuses_with_a_problem(server, pieces, status, detail):
    ((answered, body),) = answers(server.talk(*pieces))
    problem = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    assert (answered, json.loads(body)) == (status, problem)


def test_garbage_after_a_request(server):
    first, second = answers(server.talk(GET.replace(END, b"\r\n") + b"\0garbage\r\n\r\n"))
    assert (first, second[0]) == ((200, b"GET / "), 400)


def test_expect_continue(server):
    with server.connect(POST + b"Expect: 100-continue\r\nContent-Length: 3\r\n" + END) as client:
        before = client.recv(1000)
        client.sendall(b"abc")
        assert (before, answers(rest(client))) == (b"HTTP/1.1 100 Continue\r\n\r\n", [(200, b"POST / abc")])


@pytest.mark.parametrize("sent", [*INCOMPLETE, POST + b"Content-Length: 9\r\nExpect: 100-continue\r\n\r\n", FILE])
def test_hundred_held_connections(server, sent):
    held = [server.connect(sent) for _ in range(100)]
    served = [answers(server.talk(GET)) for _ in range(20)]
    # None was closed to make room.
    open_still = [client for client in held if not select.select([client], [], [], 0)[0] or client.recv(1)]
    close(held)
    assert (served, len(open_still)) == ([[(200, b"GET / ")]] * 20, 100)


def test_more_connections_than_allowed(server):
    held = [server.connect() for _ in range(200)]
    served = [answers(server.talk(GET)) for _ in range(20)]
    assert (served, held[0].recv(1), select.select(held[-1:], [], [], 0)[0]) == ([[(200, b"GET / ")]] * 20, b"", [])
    close(held)


@pytest.mark.parametrize("request_", [FILE, LARGE], ids=["file", "bytes"])
def test_answer_waits_for_its_reader(server, file, request_):
    with server.connect(request_) as client:
        assert answers(server.talk(GET)) == [(200, b"GET / ")]
        assert answers(rest(client)) == [(200, file.read_bytes())]


def test_client_that_never_reads(hasty):
    held = [hasty.connect(LARGE) for _ in range(4)]
    served = answers(hasty.talk(GET))
    ((status, body),) = answers(rest(held[0]))
    assert (served, status, len(body) < 8 << 20) == ([(200, b"GET / ")], 200, True)
    close(held)


@pytest.mark.parametrize("sent", INCOMPLETE)
def test_incomplete_request_ends(hasty, sent):
    assert [status for status, _ in answers(hasty.talk(sent))] == ([408] if sent else [])


def test_endless_drip_ends(hasty):
    with hasty.connect(HALF) as client:
        assert any(select.select([client], [], [], 0.05)[0] or client.sendall(b"x") for _ in range(200))
        assert [status for status, _ in answers(rest(client))] == [408]


def test_kept_alive(hasty):
    with hasty.connect(GET.replace(END, b"\r\n")) as client:
        first = next_answer(client)
        client.sendall(GET.replace(END, b"\r\n"))
        # The end comes when nothing has been asked for a while.
        assert (first, answers(rest(client))) == ((200, b"GET / "), [(200, b"GET / ")])


def test_stop_finishes_what_is_in_hand(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with Server("config.http.worker.PatientWorker", tmp_path / "pipe") as server, server.connect(WAIT) as client:
        with (tmp_path / "pipe").open("wb") as pipe, server.connect(HALF) as half:
            assert answers(server.talk(GET)) == [(200, b"GET / ")]  # so that `half` was accepted before
            server.process.terminate()
            assert [status for status, _ in answers(rest(half))] == [408]
            pipe.write(b"done")
        assert (answers(rest(client)), server.process.wait(timeout=20)) == ([(200, b"done")], 0)


def test_workers_are_replaced(file):
    with Server("config.http.worker.PatientWorker", file, "--max-requests", "3") as server:
        assert [answers(server.talk(GET)) for _ in range(12)] == [[(200, b"GET / ")]] * 12
