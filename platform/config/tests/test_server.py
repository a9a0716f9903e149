"""What the web server promises, with a real server: restarts, killed workers, metrics, logs, and refusals."""

import http.client
import json
import os
import shutil
import signal
import socket
from contextlib import suppress

import pytest

from config.tests.hostile_values import TEXT_VALUES
from config.tests.served import PRODUCT, Served, is_running

pytestmark = pytest.mark.slow

_METRICS = {"Authorization": "Bearer t0ken"}
# An account that may read the interpreter even where that lies in root's home.
_AS_NOBODY = ("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")  # fmt: skip


def counted(server, start):
    """The value of the metric whose line begins so."""
    return [
        float(line.split()[-1]) for line in server.get("/metrics", **_METRICS).splitlines() if line.startswith(start)
    ]


def test_reload_replaces_the_workers():
    with Served() as server:
        before = server.workers()
        server.process.send_signal(signal.SIGHUP)
        server.until(lambda: not any(map(is_running, before)))
        after = server.workers()

        assert (len(after), before & after) == (2, set())
        assert int(server.get("/")) in after


def test_killed_worker_comes_back_and_what_it_counted_stays():
    with Served(PRODUCT, METRICS_TOKEN="t0ken") as server:
        started = 'marquee_answers_total{method="GET",route="healthz",status="200"}'
        # Spread over the workers by the kernel; each of them must tell of all.
        for _ in range(40):
            server.get("/healthz")
        (asked,) = counted(server, started)
        alike = {counted(server, started)[0] for _ in range(20)}
        killed, _ = workers = server.workers()
        os.kill(killed, signal.SIGKILL)
        server.until(lambda: len(server.workers() - workers) == 1)
        (new,) = server.workers() - workers
        server.until(
            lambda: f"Started worker-{1 + sorted(workers).index(killed)}" in server.lines().partition(str(new))[2]
        )
        for _ in range(40):
            server.get("/healthz")

        assert (asked >= 40, alike) == (True, {asked})
        assert counted(server, started) == [asked + 40]
        # This one request, and none of the worker that is gone.
        assert counted(server, "marquee_requests_in_flight") == [1.0]


def test_log_is_one_json_object_a_line_and_tells_of_every_request():
    with Served(PRODUCT) as server:
        server.get("/healthz?token=s3cret")
        server.process.terminate()
        server.process.wait(60)
        lines = list(map(json.loads, server.lines().splitlines()))

    assert {"_granian", "_granian.serve", "marquee.requests"} <= {line["logger"] for line in lines}
    assert {(line["route"], line["status"]) for line in lines if line["logger"] == "marquee.requests"} == {
        ("healthz", 200)
    }
    assert "s3cret" not in json.dumps(lines)


@pytest.mark.parametrize("prefix", [(), _AS_NOBODY], ids=["this user", "nobody"])
def test_serves_with_platform_on_its_path(prefix):
    if prefix and (os.geteuid() != 0 or not shutil.which(prefix[0])):
        pytest.skip("only root can become nobody, by setpriv")
    with Served(PRODUCT, prefix=prefix) as server:
        assert json.loads(server.get("/healthz")) == {"status": "ok"}
        assert "Traceback" not in server.lines()


def test_serves_on_a_unix_socket_also_after_a_server_that_was_killed(tmp_path):
    path = tmp_path / "socket"
    with socket.socket(socket.AF_UNIX) as left:
        left.bind(str(path))
    server = Served(HOST=str(path))
    with server.log:
        try:
            server.until(lambda: _asked(path).startswith(b"HTTP/1.1 200"))
            mode = path.stat().st_mode & 0o777
        finally:
            server.process.terminate()
            server.process.wait(60)

    assert (mode, path.exists(), server.process.returncode) == (0o660, False, 0)


def _asked(path):
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        return client.recv(1000)


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return tmp_path / "pipe"


def waiting(server):
    """A client whose request waits for the pipe."""
    client = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    client.sendall(b"GET /wait HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    return client


def status_of(client):
    with client:
        return client.recv(1000)[9:12]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_finishes_what_is_in_hand(pipe, number):
    with Served(PIPE=str(pipe)) as server, waiting(server) as client:
        # This waits until the request is being worked on.
        with pipe.open("wb"):
            server.process.send_signal(number)
            server.until(lambda: "Shutting down" in server.lines())
        assert (status_of(client), server.process.wait(60)) == (b"200", 0)


def test_ctrl_c_in_a_terminal_ends_it_at_once():
    with Served(start_new_session=True) as server:
        os.killpg(server.process.pid, signal.SIGINT)

        assert server.process.wait(60) == 0
        assert "Killing" not in server.lines()


def test_what_finds_no_room_is_refused_and_probes_are_answered(pipe):
    with Served(PIPE=str(pipe), WEB_CONCURRENCY="1", WEB_THREADS="1") as server, waiting(server) as client:
        with pipe.open("wb"):
            refused, body = server.answer("/")
            probe, _ = server.answer("/healthz")
        assert status_of(client) == b"200"
        # Now there is room.
        assert server.answer("/")[0].status == 200

    assert (refused.status, json.loads(body)["detail"], probe.status) == (503, "Too many requests at once.", 200)
    assert (refused.headers["Content-Type"], refused.headers["Retry-After"]) == ("application/problem+json", "1")


GET, POST = b"GET / HTTP/1.1\r\nHost: x\r\n", b"POST / HTTP/1.1\r\nHost: x\r\n"
# What is no request, or might be read as another one by somebody else.
MALFORMED = [
    b"GET /\r\n\r\n", b"\x16\x03\x01\x02\x00\r\n\r\n", b"GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", GET + b"A b: c\r\n\r\n",
    GET + b" folded\r\n\r\n", POST + b"Content-Length: -1\r\n\r\n", POST + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx",
    POST + b"Content-Length : 1\r\n\r\nx", POST + b"Transfer-Encoding: gzip\r\n\r\n", GET + b"X: " + b"x" * 1_000_000,
    b"GET /" + b"u" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
]  # fmt: skip
HALF = [b"", b"GET / HTTP/1.1\r\nHost:", b"\r\n"]


@pytest.fixture(scope="module")
def server():
    with Served(WEB_CONCURRENCY="1", WEB_THREADS="1") as server:
        yield server


def sent(server, data):
    """What comes back, all of it."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        with suppress(OSError):
            client.sendall(data)
            return b"".join(iter(lambda: client.recv(65_536), b""))
    return b""


@pytest.mark.parametrize("data", MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_request_reaches_no_application(server, data):
    assert sent(server, data)[:10] in (b"", b"HTTP/1.1 4")
    assert server.answer("/")[0].status == 200


def test_connections_that_send_no_request_take_no_thread(server):
    held = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(90)]
    for number, client in enumerate(held):
        client.sendall(HALF[number % len(HALF)])

    assert [server.answer("/")[0].status for _ in range(20)] == [200] * 20
    for client in held:
        client.close()


def test_every_byte_of_a_request_may_come_by_itself(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as client:
        for byte in GET + b"Connection: close\r\n\r\n":
            client.sendall(bytes([byte]))
        assert client.recv(1000).startswith(b"HTTP/1.1 200")


def test_connection_is_kept_when_its_request_is_refused(pipe):
    with Served(PIPE=str(pipe), WEB_CONCURRENCY="1", WEB_THREADS="1") as server, waiting(server) as client:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        statuses = []
        with pipe.open("wb"):
            connection.request("GET", "/")
            statuses.append(connection.getresponse())
            statuses[0].read()
        assert status_of(client) == b"200"
        kept = connection.sock
        connection.request("GET", "/")
        statuses.append(connection.getresponse())

        assert ([answer.status for answer in statuses], connection.sock is kept) == ([503, 200], True)
        connection.close()


def test_no_hostile_header_breaks_the_product():
    with Served(PRODUCT, ANONYMOUS_REQUESTS_PER_MINUTE="0") as server:
        for name, value in TEXT_VALUES.items():
            for header in (b"Authorization", b"Cookie", b"Content-Type", b"X-Request-ID", b"Host", b"X-Forwarded-For"):
                host = b"" if header == b"Host" else b"Host: 127.0.0.1\r\n"
                head = b"GET /users/me HTTP/1.1\r\n%sConnection: close\r\n%s: %s\r\n\r\n" % (host, header, value)
                assert sent(server, head)[9:12] in (b"400", b"401", b"431"), (name, header)
        assert ("Traceback" in server.lines(), json.loads(server.get("/healthz"))) == (False, {"status": "ok"})


def test_workers_end_with_a_server_that_is_killed():
    with Served() as server:
        workers = server.workers()
        server.process.kill()
        server.process.wait(60)
        while any(map(is_running, workers)):
            pass
