"""nginx for tests, with deploy/nginx.conf as it is shipped: only paths and ports are others."""

import http.client
import json
from contextlib import contextmanager

import pytest

from chaos import proxy as nginx
from chaos.proxy import NAME as HOST
from chaos.proxy import proxy_folder
from config.tests.served import ROOT, STAND_IN, Served


class Proxy(nginx.Proxy):
    """A proxy that is asked."""

    def answer(self, path, *, method="GET", body=None, headers=None, source="127.0.0.1"):
        """An answer, with its body read."""
        connection = http.client.HTTPConnection(HOST)
        connection.sock = self.connect(source)
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
    assert (sorted(problem), problem["status"]) == (["code", "detail", "status", "title", "type"], answer.status)
    return answer.status, answer.headers["Retry-After"]


def skip_without_nginx():
    try:
        nginx.program()
    except nginx.NoProxy as reason:
        pytest.skip(str(reason))


@contextmanager
def proxied(application=STAND_IN, **environment):
    """A proxy in front of a server of an application."""
    skip_without_nginx()
    with proxy_folder() as path:
        proxy = Proxy(path)
        (path / "srv/static/nginx.txt").write_text("static")
        proxy.write((ROOT / "deploy" / "nginx.conf").read_text(), "etc/nginx/conf.d/marquee.conf")
        with (
            Served(application, group=nginx.group(), HOST=str(proxy.socket), **environment) as server,
            proxy.running(),
        ):
            proxy.server = server
            yield proxy
