"""nginx for tests, with deploy/nginx.conf as it is shipped: only paths and ports are others."""

import http.client
import json
import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.tests.served import ROOT, STAND_IN, Served, free_port

HOST = "feed.example.org"
DEBIAN = Path("/etc/nginx/nginx.conf")
_SECONDS = 60


def nginx():
    """The program; skips the test where it is not installed."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if found is None or not DEBIAN.exists():
        pytest.skip("nginx is not installed (apt-get install nginx-light)")
    return found


@contextmanager
def folder():
    """A folder in which all that the documents name lies; nginx's account may enter it."""
    path = Path(tempfile.mkdtemp(prefix="marquee-nginx-"))
    try:
        for part in (
            "etc/nginx/conf.d",
            "etc/nginx/sites-enabled",
            "etc/marquee",
            "etc/systemd/system",
            "run/marquee",
            "var/log/nginx",
            "srv/static",
        ):
            (path / part).mkdir(parents=True)
        for part in (path, path / "run/marquee"):
            part.chmod(0o711)
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={HOST}",
             "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", path / "etc/marquee/key.pem",
             "-out", path / "etc/marquee/fullchain.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        yield path
    finally:
        shutil.rmtree(path)


class Proxy:
    """A running nginx."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = {80: free_port(), 443: free_port()}
        self.trust = ssl.create_default_context(cafile=folder / "etc/marquee/fullchain.pem")

    def moved(self, text):
        """A configuration or a command with this folder's paths and these ports."""
        text = text.replace("/srv/marquee/static", f"{self.folder}/srv/static").replace("/srv/marquee", str(ROOT))
        for path in (
            "/etc/nginx/conf.d",
            "/etc/nginx/sites-enabled",
            "/etc/marquee",
            "/etc/systemd",
            "/run/",
            "/var/log/nginx",
        ):
            text = text.replace(path, f"{self.folder}{path}")
        for usual, port in self.ports.items():
            text = text.replace(f"listen {usual}", f"listen {port}").replace(
                f"listen [::]:{usual}", f"listen [::]:{port}"
            )
        return text

    def write(self, shipped, place):
        (self.folder / place).write_text(self.moved(shipped))

    @contextmanager
    def running(self):
        """Run Debian's nginx.conf, which takes in what lies in conf.d."""
        self.write(DEBIAN.read_text(), "nginx.conf")
        command = [nginx(), "-c", str(self.folder / "nginx.conf"), "-e", str(self.folder / "var/log/nginx/error.log")]
        subprocess.run([*command, "-t"], check=True, capture_output=True)
        process = subprocess.Popen([*command, "-g", "daemon off;"])
        try:
            while process.poll() is None and not _listens(self.ports[443]):
                pass
            yield self
        finally:
            process.send_signal(signal.SIGQUIT if process.poll() is None else 0)
            process.wait(_SECONDS)

    def connect(self, *, source="127.0.0.1"):
        """A connection with TLS, from an address of this machine."""
        plain = socket.create_connection(("127.0.0.1", self.ports[443]), _SECONDS, (source, 0))
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self.trust.wrap_socket(plain, server_hostname=HOST)

    def answer(self, path, *, method="GET", body=None, headers=None, source="127.0.0.1"):
        """An answer, with its body read."""
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.connect(source=source)
        try:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            answer.content = answer.read()
            return answer
        finally:
            connection.close()

    def exchange(self, data):
        """All that comes back to some bytes."""
        with self.connect() as client:
            client.sendall(data)
            return b"".join(iter(lambda: client.recv(65_536), b""))

    def logged(self):
        """All that is written into nginx's logs."""
        return "".join(path.read_text() for path in (self.folder / "var/log/nginx").iterdir())


def problem_of(answer):
    """The status of a problem document, in head and body, and Retry-After."""
    assert answer.headers["Content-Type"] == "application/problem+json"
    problem = json.loads(answer.content)
    assert (sorted(problem), problem["status"]) == (["detail", "status", "title", "type"], answer.status)
    return answer.status, answer.headers["Retry-After"]


@contextmanager
def proxied(application=STAND_IN, **environment):
    """A proxy in front of a server of an application."""
    nginx()
    with folder() as path:
        proxy = Proxy(path)
        (path / "srv/static/nginx.txt").write_text("static")
        proxy.write((ROOT / "deploy" / "nginx.conf").read_text(), "etc/nginx/conf.d/marquee.conf")
        with server_of(proxy, application, **environment) as server, proxy.running():
            proxy.server = server
            yield proxy


def server_of(proxy, application, **environment):
    """A server on the socket of the documents, in nginx's group where that matters."""
    group = "www-data" if os.geteuid() == 0 else None
    return Served(application, group=group, HOST=str(proxy.folder / "run/marquee/socket"), **environment)


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
