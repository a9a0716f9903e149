"""This file holds a gunicorn for the tests of its worker classes, the application it serves, and what its clients do."""

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
END = b"Connection: close\r\n\r\n"
GET = b"GET / HTTP/1.1\r\nHost: x\r\n" + END
WAIT = GET.replace(b"/", b"/wait", 1)


def application(environ, start_response):
    """Answer with what was asked, /file with the file FILE, /wait when the pipe FILE is written to, /process its id."""
    path, file = environ["PATH_INFO"], Path(os.environ["FILE"])
    asked = f"{environ['REQUEST_METHOD']} {path} ".encode() + environ["wsgi.input"].read()
    body = file.read_bytes() if path in ("/file", "/large", "/wait") else asked
    body = str(os.getpid()).encode() if path == "/process" else body
    start_response("200 OK", [("Content-Length", str(len(body)))])
    return environ["wsgi.file_wrapper"](file.open("rb")) if path == "/file" else [body]


class Server:
    """gunicorn with one worker of two threads: a third client that holds a thread would stop it."""

    def __init__(self, worker, file, *options):
        self.log = tempfile.TemporaryFile("w+")  # noqa: SIM115
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.address = probe.getsockname()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--pythonpath", "platform", "-k", worker, "-w", "1",
             "--threads", "2", "-b", "{}:{}".format(*self.address), "--no-control-socket", *options,
             f"{__name__}:application"],
            cwd=ROOT, env={**os.environ, "FILE": str(file)}, stderr=self.log,
        )  # fmt: skip

    def __enter__(self):
        try:
            while not self._answers():
                assert self.process.poll() is None
        except BaseException:
            self.process.kill()
            self.process.wait()
            raise
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(timeout=30)
        with self.log:
            self.log.seek(0)
            assert "Traceback" not in self.log.read()

    def _answers(self):
        try:
            assert answers(self.talk(GET)) == [(200, b"GET / ")]
        except ConnectionError:
            return False
        return True

    def connect(self, *pieces):
        client = socket.socket()
        # So that little of an answer is out of the server's hands.
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(20)
        try:
            client.connect(self.address)
            list(map(client.sendall, pieces))
        except OSError:
            client.close()
            raise
        return client

    def talk(self, *pieces):
        with self.connect(*pieces) as client:
            return rest(client)


def rest(client):
    return b"".join(iter(lambda: client.recv(1 << 20), b""))


def next_answer(client):
    """The status and body of one answer; the connection stays."""
    received = b""
    while True:
        piece = client.recv(1 << 20)
        assert piece, f"The connection ended after {received!r}."
        received += piece
        head, separator, body = received.partition(b"\r\n\r\n")
        if separator and len(body) >= _size(head):
            (found,) = answers(received)
            return found


def close(clients):
    list(map(socket.socket.close, clients))


def answers(received):
    """The statuses and bodies of answers that came one after another."""
    if not received:
        return []
    head, _, received = received.partition(b"\r\n\r\n")
    size = _size(head)
    return [(int(head.split()[1]), received[:size]), *answers(received[size:])]


def _size(head):
    return int(head.lower().partition(b"content-length: ")[2].split()[0])
