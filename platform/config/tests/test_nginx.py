"""deploy/nginx.conf with Debian's nginx: what it lets through, what it ends, whom it limits, and what it logs."""

import json
import signal
import socket
import sys
import threading

import pytest

from config.tests.hostile_values import TEXT_VALUES
from config.tests.proxied import HOST, problem_of, proxied
from config.tests.served import PRODUCT, is_running

pytestmark = pytest.mark.slow

# As long as a token of a calendar.
SECRET = "5ecre7" * 8
GET = f"GET / HTTP/1.1\r\nHost: {HOST}\r\n".encode()
POST = f"POST / HTTP/1.1\r\nHost: {HOST}\r\n".encode()
linux = pytest.mark.skipif(sys.platform != "linux", reason="this machine has no second address to come from")


@pytest.fixture(scope="module")
def proxy():
    with proxied(WEB_CONCURRENCY="1", WEB_THREADS="1") as proxy:
        yield proxy


def seen(proxy):
    """The paths that the application was asked for since the last time."""
    return json.loads(proxy.answer("/seen").content)


def test_http_leads_to_https(proxy):
    with socket.create_connection(("127.0.0.1", proxy.ports[80])) as client:
        client.sendall(GET.replace(b"/ ", b"/events?q=a ", 1) + b"Connection: close\r\n\r\n")
        head = b"".join(iter(lambda: client.recv(65_536), b""))

    assert (head[:12], f"Location: https://{HOST}/events?q=a\r\n".encode() in head) == (b"HTTP/1.1 301", True)


def test_application_hears_of_one_address_and_of_nothing_that_a_client_claims(proxy):
    claims = {
        "X-Forwarded-For": "6.6.6.6", "X_Forwarded_For": "6.6.6.6", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example",
        "Forwarded": "for=6.6.6.6", "X-Request-ID": "chosen", "X-Real-IP": "6.6.6.6",
    }  # fmt: skip
    shown = json.loads(proxy.answer("/echo", headers=claims).content)

    assert {name: shown.get(name) for name in ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_HOST", "REMOTE_ADDR")} == {
        "HTTP_X_FORWARDED_FOR": "127.0.0.1", "HTTP_X_FORWARDED_PROTO": "https", "HTTP_HOST": HOST, "REMOTE_ADDR": "",
    }  # fmt: skip
    assert {"HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED"} & set(shown) == set()
    assert shown["HTTP_X_REQUEST_ID"] != "chosen"


@pytest.mark.parametrize(
    "pieces",
    [
        [POST + b"Connection: close\r\nContent-Length: 6\r\n\r\n", b"a", b"bc", b"def"],
        [POST + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n3\r", b"\nabc\r\n3;x=y\r\nd", b"ef\r\n0\r\n\r\n"],
        [bytes([byte]) for byte in POST + b"Connection: close\r\nContent-Length: 6\r\n\r\nabcdef"],
        [POST + b"Connection: close\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\nabcdef"],
    ],
    ids=["length", "chunked", "bytes", "expect"],
)  # fmt: skip
def test_body_arrives_whole(proxy, pieces):
    with proxy.connect() as client:
        for piece in pieces:
            client.sendall(piece)
        received = b"".join(iter(lambda: client.recv(65_536), b""))

    shown = json.loads(received.rpartition(b"\r\n\r\n")[2])
    assert (shown["body"], shown["CONTENT_LENGTH"], "HTTP_TRANSFER_ENCODING" in shown) == ("abcdef", "6", False)


def test_pipelined_requests_are_answered_in_turn(proxy):
    sent = b"".join(GET.replace(b"/ ", b"/echo?%d " % number, 1) + b"\r\n" for number in range(5))
    received = proxy.exchange(sent + GET + b"Connection: close\r\n\r\n")

    assert [received.find(b'"QUERY_STRING": "%d"' % number) > 0 for number in range(5)] == [True] * 5
    assert received.count(b"HTTP/1.1 200") == 6


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\r\n\r\n", GET + b"Host: other\r\n\r\n", POST + b"Content-Length: -1\r\n\r\n",
        POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx", POST + b"Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
        POST + b"Transfer-Encoding: gzip\r\n\r\n", POST + b"Transfer-Encoding: chunked\r\n\r\nno size\r\n", GET + b"A\0: b\r\n\r\n",
        GET + b"X: " + b"x" * 9_000 + b"\r\n\r\n", b"GET /" + b"u" * 9_000 + b" HTTP/1.1\r\n\r\n",
    ],
    ids=range(10),
)  # fmt: skip
def test_malformed_request_reaches_no_application(proxy, data):
    seen(proxy)
    received = proxy.exchange(data)

    assert received[:10] == b"HTTP/1.1 4"
    assert seen(proxy) == []


def test_errors_of_the_proxy_are_problems(proxy):
    large = proxy.answer("/", method="POST", body=b"x" * 2_200_000)
    long = [proxy.answer("/", headers={"X": "x" * 9_000}), proxy.answer("/" + "u" * 9_000)]
    missing = [proxy.answer(path) for path in ("/static/none.js", "/static/", "/-/away")]
    method = [proxy.answer("/", method="TRACE"), proxy.answer("/static/nginx.txt", method="POST")]

    expected = [413, 431, 431, 404, 404, 404, 405, 405]
    assert [problem_of(answer)[0] for answer in (large, *long, *missing, *method)] == expected


def test_static_files_are_served_without_the_application(proxy):
    seen(proxy)
    answer = proxy.answer("/static/nginx.txt")

    assert (answer.status, answer.content, answer.headers["X-Content-Type-Options"]) == (200, b"static", "nosniff")
    assert (answer.headers["Cache-Control"], seen(proxy)) == ("max-age=60", [])
    # Nothing but what is in the folder.
    assert [b"Debian" in proxy.answer(path).content for path in ("/static/../nginx.conf", "/static../nginx.conf")] == [
        False
    ] * 2


def test_slow_and_half_sent_requests_never_reach_the_application_and_are_ended(proxy):
    seen(proxy)
    held = {
        "nothing": proxy.connect(), "half head": proxy.connect(), "half body": proxy.connect(), "half chunk": proxy.connect(),
    }  # fmt: skip
    held["half head"].sendall(GET)
    held["half body"].sendall(POST + b"Content-Length: 9\r\n\r\nhalf")
    held["half chunk"].sendall(POST + b"Transfer-Encoding: chunked\r\n\r\n3\r\nab")
    served = [proxy.answer("/").status for _ in range(20)]
    ends = {name: client.recv(1000)[9:12] for name, client in held.items()}
    for client in held.values():
        client.close()

    assert served == [200] * 20
    assert ends == dict.fromkeys(held, b"")
    assert seen(proxy) == ["/"] * 20


def test_answer_waits_in_the_proxy_for_its_reader(proxy):
    # More than sockets hold.
    with proxy.connect() as client:
        client.sendall(GET.replace(b"/ ", b"/large ", 1) + b"Connection: close\r\n\r\n")
        head = client.recv(1)
        # The application has one thread, and nobody waits: it is free.
        served = [proxy.answer("/").status for _ in range(5)]
        body = (head + b"".join(iter(lambda: client.recv(1 << 20), b""))).partition(b"\r\n\r\n")[2]

    assert (served, len(body)) == ([200] * 5, 20_000_000)


@linux
def test_requests_at_once_are_limited_for_each_client(proxy):
    # A body that is still to come occupies nobody but the proxy.
    held = [proxy.connect(source="127.0.0.2") for _ in range(8)]
    for client in held:
        client.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n")
        assert client.recv(1000).startswith(b"HTTP/1.1 100")
    refused, other = proxy.answer("/", source="127.0.0.2"), proxy.answer("/", source="127.0.0.3")
    for client in held:
        client.close()

    assert (problem_of(refused), other.status) == ((429, "1"), 200)


@linux
def test_requests_beyond_the_rate_of_a_client_wait_and_then_are_refused(proxy):
    clients = [proxy.connect("127.0.0.4") for _ in range(400)]
    for client in clients:
        client.sendall(GET + b"Connection: close\r\n\r\n")
    other = proxy.answer("/", source="127.0.0.5").status
    statuses = [client.recv(1000)[9:12] for client in clients]
    for client in clients:
        client.close()

    assert (set(statuses), other) == ({b"200", b"429"}, 200)
    # Those who waited.
    assert statuses.count(b"200") >= 200


def test_reload_of_the_server_refuses_nobody():
    with proxied() as proxy:
        workers, statuses, over = proxy.server.workers(), [], threading.Event()

        def ask(method):
            while not over.is_set():
                statuses.append(proxy.answer("/", method=method).status)
                # Below the limit for a client.
                over.wait(0.1)

        clients = [threading.Thread(target=ask, args=[method]) for method in ("GET", "GET", "POST")]
        for client in clients:
            client.start()
        proxy.server.process.send_signal(signal.SIGHUP)
        proxy.server.until(lambda: not any(map(is_running, workers)))
        over.set()
        for client in clients:
            client.join()

        assert (len(statuses) > 3, set(statuses)) == (True, {200})


def test_log_keeps_no_secrets():
    with proxied() as proxy:
        headers = dict.fromkeys(
            ("Authorization", "Cookie", "Referer", "User-Agent", "Idempotency-Key"), f"Bearer {SECRET}"
        )
        paths = [
            f"/recommendations.ics?token={SECRET}",
            f"/password-reset/MQ/{SECRET}",
            f"/calendars/{SECRET}.ics",
            f"/static/{SECRET}",
        ]
        asked = [proxy.answer(path, headers=headers) for path in paths]
        with proxy.connect() as client:
            client.sendall(
                f"GET /recommendations.ics?token={SECRET} HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: x\r\n\r\n".encode()
            )
            client.recv(1000)
        held = [proxy.connect() for _ in range(8)]
        for client in held:
            client.sendall(POST + b"Expect: 100-continue\r\nContent-Length: 9\r\n\r\n")
            client.recv(1000)
        limited = proxy.answer(f"/?token={SECRET}", headers=headers)
        for client in held:
            client.close()
        proxy.server.process.terminate()
        proxy.server.process.wait(60)
        away = [proxy.answer(path, headers=headers) for path in paths]
        log = proxy.logged()

    lines = list(map(json.loads, filter(None, log.splitlines())))
    assert limited.status == 429
    assert [problem_of(answer) for answer in away[:3]] == [(503, "1")] * 3
    assert {(line["place"], line["status"]) for line in lines} >= {
        ("/recommendations.ics", 200), ("/password-reset", 200), ("/calendars", 200), ("/static", 404), ("/", 429), ("/calendars", 503),
    }  # fmt: skip
    assert (SECRET in log, [answer.status for answer in asked]) == (False, [200, 200, 200, 404])


def test_no_hostile_header_breaks_the_product():
    with proxied(PRODUCT, ANONYMOUS_REQUESTS_PER_MINUTE="0", ALLOWED_HOSTS=HOST, HTTPS_ONLY="true") as proxy:
        result = {}
        # Below the limit for a client, each from an address of its own.
        for number, (name, value) in enumerate(TEXT_VALUES.items()):
            for header in (b"Authorization", b"Cookie", b"Content-Type", b"X-Request-ID", b"X-Forwarded-For", b"Host"):
                host = b"" if header == b"Host" else b"Host: " + HOST.encode() + b"\r\n"
                with proxy.connect(source=f"127.0.1.{number}" if sys.platform == "linux" else "127.0.0.1") as client:
                    client.sendall(
                        b"GET /users/me HTTP/1.1\r\n%sConnection: close\r\n%s: %s\r\n\r\n" % (host, header, value)
                    )
                    result[name, header] = client.recv(1000)[9:12]

        assert {key: status for key, status in result.items() if status not in (b"400", b"401", b"431")} == {}
