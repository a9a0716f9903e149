"""The scenario of users who take more than their share: what is left for another one."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager

from chaos.client import feeds
from chaos.findings import Finding, counts, duration
from chaos.flood import command
from chaos.harness import Stage
from chaos.proxy import HOST, NAME, Proxy
from chaos.world import EXPORTER, PASSWORD, SIGNER

_FEEDS = 200
_SERVED_BAR = 0.95
_SLOWER_BAR = 6.0
_EXPORTED = 200_000
_CONNECTIONS = 20
_INTERACTIONS = """
INSERT INTO interactions_interaction (user_id, event_id, action, created_at)
SELECT users_user.id, event.id, 'VIEW', now() - number * interval '1 minute'
FROM generate_series(1, %s) AS number
JOIN (SELECT id, row_number() OVER (ORDER BY id) AS place, count(*) OVER () AS total FROM events_event) AS event
    ON event.place = number %% event.total + 1
CROSS JOIN users_user WHERE username = %s
"""


class NoCurl(Exception):
    """curl is not installed. On Debian: apt-get install curl"""


def shares(stage: Stage, proxy: Proxy) -> list[Finding]:
    """Let one export without end, one sign in without end, and one ask over 20 connections; ask as a fourth."""
    with stage.database.connect() as connection:
        connection.execute(_INTERACTIONS, [_EXPORTED, f"user{EXPORTER}"])
    alone = feeds(stage.tokens[0], proxy, _FEEDS)
    body = f'{{"username": "user{SIGNER}", "password": "{PASSWORD}"}}'
    export = ["/users/me/export", "--header", f"Authorization: Bearer {stage.tokens[EXPORTER]}"]
    sign_in = ["/tokens", "--header", "Content-Type: application/json", "--data", body]
    with ExitStack() as stack:
        exports = stack.enter_context(_again_and_again(proxy, "127.0.0.2", *export))
        sign_ins = stack.enter_context(_again_and_again(proxy, "127.0.0.3", *sign_in))
        stack.enter_context(_running(command(stage, proxy, _CONNECTIONS, 3_600)))
        fourth = feeds(stage.tokens[0], proxy, _FEEDS)
    return [
        Finding(f"exports: {_statuses(exports)}; sign-ins: {_statuses(sign_ins)}; {_CONNECTIONS} connections"),
        Finding(
            f"{fourth.served} of {_FEEDS} feeds of another user served",
            f"at least {_SERVED_BAR:.0%}",
            met=fourth.served >= _SERVED_BAR * _FEEDS,
        ),
        Finding(
            f"p95 {duration(fourth.percentile(0.95))}, alone {duration(alone.percentile(0.95))}",
            f"at most {duration(alone.percentile(0.95) * _SLOWER_BAR)}",
            met=fourth.percentile(0.95) <= alone.percentile(0.95) * _SLOWER_BAR,
        ),
    ]


@contextmanager
def _again_and_again(proxy: Proxy, source: str, path: str, *options: str) -> Iterator[Counter[str]]:
    """Ask for a path by curl, from an address, until the block ends; then the statuses are counted."""
    if shutil.which("curl") is None:
        raise NoCurl(NoCurl.__doc__)
    port = proxy.ports[443]
    line = [
        "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}\\n", "--interface", source,
        "--cacert", str(proxy.certificate), "--connect-to", f"{NAME}:443:{HOST}:{port}", *options,
        f"https://{NAME}{path}",
    ]  # fmt: skip
    statuses: Counter[str] = Counter()
    with tempfile.TemporaryFile("w+") as output:
        with _running(["sh", "-c", 'while :; do "$@"; done', "sh", *line], output.fileno()):
            yield statuses
        output.seek(0)
        statuses.update(output.read().split())


@contextmanager
def _running(line: Sequence[str], output: int = subprocess.DEVNULL) -> Iterator[None]:
    process = subprocess.Popen(line, stdout=output, start_new_session=True)  # noqa: S603 -- our own command line
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _statuses(statuses: Counter[str]) -> str:
    return counts(statuses.elements()) or "none ended"
