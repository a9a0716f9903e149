"""nginx in front of the product, with deploy/nginx.conf as it is shipped: only paths and ports are others."""

import os
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

ROOT = Path(__file__).resolve().parents[2]
HOST = "127.0.0.1"
# Of the shipped configuration, and of the certificate.
NAME = "feed.example.org"
# nginx' own on Debian, which may use the socket.
GROUP = "www-data"
_DEBIAN = Path("/etc/nginx/nginx.conf")
_FOLDERS = (
    "etc/nginx/conf.d", "etc/nginx/sites-enabled", "etc/marquee", "etc/systemd/system", "run/marquee", "var/log/nginx",
    "srv/static",
)  # fmt: skip
_MOVED = ("/etc/nginx/conf.d", "/etc/nginx/sites-enabled", "/etc/marquee", "/etc/systemd", "/run/", "/var/log/nginx")
_SECONDS = 60


class NoProxy(Exception):
    """nginx is not installed. On Debian: apt-get install nginx-light"""


def program() -> str:
    """Return the path of nginx; NoProxy if it is not installed as Debian does it."""
    path = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if path is None or not _DEBIAN.exists():
        raise NoProxy(NoProxy.__doc__)
    return path


class Proxy:
    """An nginx with the configuration that was written into its folder, which holds all that the documents name."""

    def __init__(self, folder: Path) -> None:
        """Take a folder of `proxy_folder`."""
        self.folder = folder
        self.ports = {80: free_port(), 443: free_port()}
        self.certificate = folder / "etc/marquee/fullchain.pem"
        self.socket = folder / "run/marquee/socket"

    def moved(self, text: str) -> str:
        """Return a configuration or a command with this folder's paths and ports."""
        text = text.replace("/srv/marquee/static", f"{self.folder}/srv/static").replace("/srv/marquee", str(ROOT))
        for path in _MOVED:
            text = text.replace(path, f"{self.folder}{path}")
        for usual, port in self.ports.items():
            text = text.replace(f"listen {usual}", f"listen {port}")
            text = text.replace(f"listen [::]:{usual}", f"listen [::]:{port}")
        return text

    def write(self, shipped: str, place: str) -> None:
        """Write a file for the folder's paths and ports."""
        (self.folder / place).write_text(self.moved(shipped))

    @contextmanager
    def running(self) -> Iterator[Self]:
        """Run Debian's own nginx.conf, which takes in what lies in conf.d."""
        self.write(_DEBIAN.read_text(), "nginx.conf")
        error_log = self.folder / "var/log/nginx/error.log"
        command = [program(), "-c", str(self.folder / "nginx.conf"), "-e", str(error_log)]
        subprocess.run([*command, "-t"], check=True, capture_output=True)  # noqa: S603 -- our own command line
        process = subprocess.Popen([*command, "-g", "daemon off;"])  # noqa: S603
        try:
            while process.poll() is None and not _listens(self.ports[443]):
                time.sleep(0.02)
            yield self
        finally:
            process.send_signal(signal.SIGQUIT)
            try:
                process.wait(_SECONDS)
            finally:
                process.kill()

    def connect(self, source: str = "127.0.0.1", *, buffer_bytes: int = 0) -> ssl.SSLSocket:
        """Return a connection with TLS from an address of this machine (on Linux all of 127.0.0.0/8 are).

        With a small receive buffer, answers stay with the proxy until they are read.
        """
        return connect(self.ports[443], self.certificate, source, buffer_bytes=buffer_bytes)


def connect(port: int, certificate: Path, source: str, *, buffer_bytes: int = 0) -> ssl.SSLSocket:
    """Return a connection to a proxy, with TLS."""
    plain = socket.socket()
    plain.settimeout(_SECONDS)
    plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if buffer_bytes:
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer_bytes)
    plain.bind((source, 0))
    plain.connect((HOST, port))
    return ssl.create_default_context(cafile=certificate).wrap_socket(plain, server_hostname=NAME)


@contextmanager
def proxy_folder() -> Iterator[Path]:
    """Yield a folder with a certificate; nginx' account may enter it."""
    path = Path(tempfile.mkdtemp(prefix="marquee-nginx-"))
    try:
        for name in _FOLDERS:
            (path / name).mkdir(parents=True)
        path.chmod(0o711)
        key = path / "etc/marquee/key.pem"
        subprocess.run(  # noqa: S603
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", f"/CN={NAME}",  # noqa: S607
             "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", key, "-out", path / "etc/marquee/fullchain.pem"],
            check=True, capture_output=True,
        )  # fmt: skip
        yield path
    finally:
        shutil.rmtree(path)


def group() -> str | None:
    """Return the group in which the product must run so that nginx may use its socket; None for one's own."""
    return GROUP if os.geteuid() == 0 else None


def free_port() -> int:
    """Return a port that is free at the moment."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0
