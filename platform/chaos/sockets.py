"""The scenario of slow clients: an ordinary one's latency with and without them."""

import select
import ssl
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from chaos.client import FEED, feeds
from chaos.findings import Finding, duration, percentile
from chaos.harness import Stage
from chaos.proxy import HOST, Proxy

_SLOWER_BAR = 2.0
_SERVED_BAR = 0.95
_ROUNDS = 3
_HEAD = f"GET {FEED} HTTP/1.1\r\nHost: {HOST}\r\nX-Filler: ".encode()
_BODY = f"POST /interactions HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 1000\r\n\r\n{{".encode()
_READ = f"GET /events?limit=100 HTTP/1.1\r\nHost: {HOST}\r\nAuthorization: Bearer {{token}}\r\n\r\n"
# So many of each kind. The proxy lets no client have more requests at once than this.
_KINDS = {"half heads": 300, "half bodies": 100, "clients that do not read": 50}
_OF_ONE_CLIENT = 8
_POLL_SECONDS = 0.2
_LEAD_SECONDS = 3.0


def sockets(stage: Stage, proxy: Proxy) -> list[Finding]:
    """Measure an ordinary client without slow ones and beside them, in turns."""
    number = max(int(stage.seconds * 5), 100)
    feeds(stage.tokens[0], proxy, number)
    quiet, beside = [], []
    made: Counter[str] = Counter()
    for _ in range(_ROUNDS):
        quiet.append(feeds(stage.tokens[0], proxy, number))
        with _held(stage, proxy, made):
            beside.append(feeds(stage.tokens[0], proxy, number))
    normal, slower = (percentile([each for one in seen for each in one.seconds], 0.99) for seen in (quiet, beside))
    served, asked = sum(one.served for one in beside), number * _ROUNDS
    return [
        Finding(", ".join(f"{number} {kind} at once, {made[kind]:,} made" for kind, number in _KINDS.items())),
        Finding(
            f"p99 beside them {duration(slower)}, without {duration(normal)}",
            f"at most {duration(normal * _SLOWER_BAR)}",
            met=slower <= normal * _SLOWER_BAR,
        ),
        Finding(
            f"{served} of {asked} requests served", f"at least {_SERVED_BAR:.0%}", met=served >= _SERVED_BAR * asked
        ),
    ]


@contextmanager
def _held(stage: Stage, proxy: Proxy, made: Counter[str]) -> Iterator[None]:
    """Hold all connections, and renew what the proxy closes, until the block ends; count those that were made."""
    messages = {
        "half heads": _HEAD,
        "half bodies": _BODY,
        "clients that do not read": _READ.format(token=stage.tokens[1]).encode() * 4,
    }
    over, ready = threading.Event(), threading.Event()

    def hold() -> None:
        missing = [kind for kind, number in _KINDS.items() for _ in range(number)]
        clients: dict[int, tuple[str, ssl.SSLSocket]] = {}
        poll = select.poll()
        while not over.is_set():
            for kind in missing:
                with suppress(OSError):
                    client = proxy.connect(
                        f"127.0.2.{sum(made.values()) // _OF_ONE_CLIENT % 250 + 1}", buffer_bytes=4_096
                    )
                    client.sendall(messages[kind])
                    clients[client.fileno()] = kind, client
                    # An answer is not read; that the proxy hangs up is seen.
                    poll.register(client, select.POLLRDHUP)
                    made[kind] += 1
            ready.set()
            missing = []
            for descriptor, _ in poll.poll(_POLL_SECONDS * 1_000):
                kind, client = clients.pop(descriptor)
                poll.unregister(descriptor)
                client.close()
                missing.append(kind)
        for _, client in clients.values():
            client.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        ready.wait()
        # So that each kind has reached the state in which it hurts: no answer is being made any more.
        time.sleep(_LEAD_SECONDS)
        yield
    finally:
        over.set()
        thread.join()
