"""The web server for tests, as a process of its own, with an application that says which worker process answers."""

import http.client
import json
import os
import random
import re
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NOWHERE = "postgres://nobody@127.0.0.1:1/none"
PRODUCT = "config.wsgi.application"
STAND_IN = f"{__name__}.application"
_PROGRAM = "import sys; from config.http.server import serve; serve(sys.argv[1])"
_SECONDS = 60


_seen = []


def application(environ, start_response):
    """Answer a GET with the process id, a POST and /echo with the request, /seen with the paths since it was last asked.

    /wait waits until somebody closes the pipe PIPE; /large is larger than what sockets hold.
    """
    path = environ["PATH_INFO"]
    if path == "/seen":
        body = json.dumps(_seen)
        _seen.clear()
    else:
        _seen.append(path)
        shown = {name: value for name, value in environ.items() if isinstance(value, str) and name not in os.environ}
        shown["body"] = environ["wsgi.input"].read().decode("latin-1")
        body = json.dumps(shown) if path == "/echo" or environ["REQUEST_METHOD"] == "POST" else str(os.getpid())
    if path == "/wait":
        Path(os.environ["PIPE"]).read_bytes()
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"x" * 20_000_000 if path == "/large" else body.encode()]


class Served:
    """A server on a free port, or on the socket HOST; without an application it is `manage.py serve`."""

    def __init__(self, application=STAND_IN, *, prefix=(), group=None, start_new_session=False, **environment):
        self.log = tempfile.NamedTemporaryFile("w+")  # noqa: SIM115
        self.port, self.host = free_port(), environment.get("HOST", "127.0.0.1")
        command = ["manage.py", "serve"] if application is None else ["-c", _PROGRAM, application]
        self.process = subprocess.Popen(
            [*prefix, sys.executable, *command],
            cwd=ROOT,
            group=group,
            start_new_session=start_new_session,
            stdout=self.log,
            stderr=self.log,
            env={
                **{name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))},
                "PYTHONPATH": "platform", "DJANGO_SETTINGS_MODULE": "config.settings", "DATABASE_URL": NOWHERE,
                "PORT": str(self.port), "DEBUG": "false", "ALLOWED_HOSTS": "127.0.0.1", "HTTPS_ONLY": "false",
                "LOG_LEVEL": "INFO",
                # Some folder that is there.
                "STATIC_ROOT": str(ROOT / ".ci"), **environment,
            },
        )  # fmt: skip

    def __enter__(self):
        try:
            self.until(lambda: self.get("/healthz"))
        except BaseException:
            self.process.kill()
            raise
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.terminate()
        self.process.wait(_SECONDS)
        self.log.close()

    def until(self, fact):
        """Ask again and again until the answer is true, and return it; a refused connection is no answer yet."""
        deadline = time.monotonic() + _SECONDS
        while True:
            with suppress(OSError):
                if result := fact():
                    return result
            assert self.process.poll() is None, self.lines()
            assert time.monotonic() < deadline, self.lines()
            time.sleep(0.05)

    def get(self, path, **headers):
        """Return the body of the answer to a request on a connection of its own."""
        return self.answer(path, **headers)[1]

    def answer(self, path, **headers):
        """Return the answer to a request on a connection of its own, and its body."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=_SECONDS)
        try:
            if "/" in self.host:
                connection.sock = socket.socket(socket.AF_UNIX)
                connection.sock.connect(self.host)
            connection.request("GET", path, headers=headers)
            answer = connection.getresponse()
            return answer, answer.read().decode()
        finally:
            connection.close()

    def workers(self):
        """Return the process ids of the workers that there are now, as the log tells of them."""
        started = re.findall(r"Spawning worker-(\d+) with PID: (\d+)", self.lines())
        return {int(pid) for pid in dict(started).values()}

    def lines(self):
        return Path(self.log.name).read_text()


def free_port():
    """A port that nobody listens on, outside the range that the system gives to clients and to other tests."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


def is_running(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
