"""This file holds the scenario of too many requests: up to ten times what the product can answer."""

import os

from chaos.finding import Finding, at_most, percentile, told
from chaos.stage import Stage
from chaos.traffic import Traffic, closed, open_loop

_CLIENTS = (4, 8, 16, 32)
_CAPACITY_SECONDS = 5.0
_WARM_UP_CLIENTS = 16
_SLOWER_BAR = 3.0
_REFUSED_BAR_SECONDS = 0.05
_AFTER_SECONDS = 15.0
_RECOVERY_SECONDS = 5.0
_AFTER_BAR = 1.5
_MEMORY_SHARE = 1.1
_MEMORY_BYTES = 5_000_000


def load(stage: Stage) -> list[Finding]:
    """Measure the capacity, then offer 1, 2 and 10 times as much, and once again what it can answer."""
    warm_up = closed(stage, connections=_WARM_UP_CLIENTS, seconds=_CAPACITY_SECONDS)
    rates = {clients: _rate(stage, clients) for clients in _CLIENTS}
    clients = max(rates, key=rates.__getitem__)
    capacity = rates[clients]
    if capacity == 0:
        return [Finding("nothing was answered", "some answers", met=False)]
    before = stage.product.memory_bytes()
    where = f"generator on the same {os.cpu_count()} cores, {'ahead of' if warm_up.goes_first else 'equal to'} the rest"
    findings = [Finding(f"capacity {capacity:,.0f} answers/s, closed loop of {clients} clients ({where})")]
    runs = {factor: open_loop(stage, rate=capacity * factor, seconds=stage.seconds) for factor in (1, 2, 10)}
    after = open_loop(stage, rate=capacity, seconds=_AFTER_SECONDS)
    # Before anything else is asked for: nothing but the load counts.
    memory = _memory(before, stage.product.memory_bytes())
    normal = percentile(runs[1].accepted(), 0.99)
    for factor, traffic in runs.items():
        findings += _judged(f"{factor}×", traffic, capacity * factor, None if factor == 1 else normal * _SLOWER_BAR)
    return [
        *findings,
        at_most(
            f"1× again, {_RECOVERY_SECONDS:.0f} s after 10×: p99",
            percentile(after.accepted(from_second=_RECOVERY_SECONDS), 0.99),
            normal * _AFTER_BAR,
        ),
        _nothing_else("1× again", after),
        *memory,
    ]


def _rate(stage: Stage, clients: int) -> float:
    return closed(stage, connections=clients, seconds=_CAPACITY_SECONDS).accepted_rate


def _judged(name: str, traffic: Traffic, rate: float, bar_seconds: float | None) -> list[Finding]:
    accepted, refused = traffic.accepted(), traffic.refused()
    p99 = percentile(accepted, 0.99)
    unsent = f", {traffic.unsent:,} unsent for want of connections" if traffic.unsent else ""
    offered = (
        f"{name}: offered {traffic.offered:,.0f}/s of {rate:,.0f}/s (sent at most {told(traffic.late_p99)} late at p99"
        f"{unsent}): {traffic.accepted_rate:,.0f}/s accepted, {len(refused) / traffic.seconds:,.0f}/s refused"
    )
    figures = [Finding(offered, "as planned", met=traffic.unsent == 0)]
    if bar_seconds is None:
        figures.append(Finding(f"{name}: p99 of the accepted {told(p99)}"))
    else:
        figures.append(at_most(f"{name}: p99 of the accepted", p99, bar_seconds))
    if refused:
        figures.append(at_most(f"{name}: p99 of the refused", percentile(refused, 0.99), _REFUSED_BAR_SECONDS))
    return [*figures, _nothing_else(name, traffic)]


def _nothing_else(name: str, traffic: Traffic) -> Finding:
    others = traffic.others()
    return Finding(f"{name}: other answers {others or 'none'}", "200 or 503 with Retry-After", met=not others)


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
