"""The scenario of too many requests: ten times the connections that saturate the product."""

import time

from chaos.finding import Finding, at_most, told
from chaos.h2load import flood, median
from chaos.ordinary import feeds
from chaos.proxy import Proxy
from chaos.stage import Stage

_CONNECTIONS = (2, 4, 8, 16, 32)
_CAPACITY_SECONDS = 4.0
# Of the best rate: more connections than get this saturate it, too.
_SATURATED = 0.95
_TIMES = 10
_REFUSED_BAR_SECONDS = 0.05
_RECOVERY_SECONDS = 5.0
_AFTER_BAR = 1.5
_FEEDS = 200
_MEMORY_SHARE = 1.1
_MEMORY_BYTES = 5_000_000


def load(stage: Stage, proxy: Proxy) -> list[Finding]:
    """Find the connections that saturate the product; then ask over ten times as many, and once more as before."""
    flood(stage, proxy, max(_CONNECTIONS), _CAPACITY_SECONDS)
    rates = {number: flood(stage, proxy, number, _CAPACITY_SECONDS).served for number in _CONNECTIONS}
    best = max(rates.values())
    saturating = min(number for number, rate in rates.items() if rate >= _SATURATED * best)
    normal = feeds(stage, proxy, _FEEDS)
    before = stage.product.memory_bytes()
    seen = flood(stage, proxy, _TIMES * saturating, stage.seconds)
    time.sleep(_RECOVERY_SECONDS)
    after = feeds(stage, proxy, _FEEDS)
    memory = stage.product.memory_bytes()
    others = seen.others()
    return [
        Finding(f"{saturating} connections get {best:,.0f} answers/s; {_TIMES * saturating} get {seen.told()}"),
        at_most("refusals in the median", median(seen.refused), _REFUSED_BAR_SECONDS),
        Finding(f"other answers: {others or 'none'}", "200, 429 or 503", met=not others),
        Finding(
            f"{_RECOVERY_SECONDS:.0f} s later {after.served} of {_FEEDS} served, p95 {told(after.high(0.95))}",
            f"all, at most {told(normal.high(0.95) * _AFTER_BAR)}",
            met=after.served == _FEEDS and after.high(0.95) <= normal.high(0.95) * _AFTER_BAR,
        ),
        *_memory(before, memory),
    ]


def as_many_clients(configuration: str) -> str:
    """Return the configuration of the proxy without what it allows one client: each connection stands for another."""
    return configuration.replace("limit_conn marquee", "# limit_conn marquee").replace(
        "limit_req zone", "# limit_req zone"
    )


def _memory(before: dict[int, int], after: dict[int, int]) -> list[Finding]:
    if before.keys() != after.keys():
        return [Finding("a worker was restarted", "the same workers", met=False)]
    return [
        Finding(
            f"memory of a worker {after[pid] / 1e6:,.1f} MB, {before[pid] / 1e6:,.1f} MB after warm-up",
            f"at most {(before[pid] * _MEMORY_SHARE + _MEMORY_BYTES) / 1e6:,.1f} MB",
            met=after[pid] <= before[pid] * _MEMORY_SHARE + _MEMORY_BYTES,
        )
        for pid in sorted(before)
    ]
