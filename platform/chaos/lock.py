"""The scenario in which somebody keeps the table of events locked."""

import time

from chaos.asking import readers
from chaos.crowd import Crowd
from chaos.episode import WATCHED_SECONDS, Episode, recovery, refusals, slowest
from chaos.finding import Finding, at_most
from chaos.stage import Stage
from chaos.wire import get

_BAR_SECONDS = 2.5
_BEFORE_SECONDS = 2.0
_PROBE_SECONDS = 0.1


def lock(stage: Stage) -> list[Finding]:
    """Hold the lock that an ALTER TABLE takes, while clients read and a probe asks whether the process lives."""
    probe = Crowd(stage.product.port, [lambda: get("/healthz")], think_seconds=_PROBE_SECONDS)
    reading = readers(stage, "/recommendations?limit=20", "/events?limit=20")
    with stage.database.connect() as holder, probe, Crowd(stage.product.port, reading) as crowd:
        time.sleep(_BEFORE_SECONDS)
        cut_at = time.monotonic()
        with holder.transaction():
            holder.execute("LOCK TABLE events_event IN ACCESS EXCLUSIVE MODE")
            began_at = time.monotonic()
            time.sleep(stage.seconds)
            ended_at = time.monotonic()
        episode = Episode("locked", cut_at, began_at, ended_at, time.monotonic())
        time.sleep(WATCHED_SECONDS)
    well = sum(sample.status == 200 for sample in probe.samples)
    return [
        *refusals(episode, crowd.samples),
        at_most("locked: slowest", slowest(episode.touching(crowd.samples)), _BAR_SECONDS),
        Finding(
            f"/healthz: {well:,} of {len(probe.samples):,} answers 200",
            "all, and some",
            met=well == len(probe.samples) > 0,
        ),
        at_most("/healthz: slowest", slowest(probe.samples), _BAR_SECONDS),
        recovery(episode, crowd.samples),
    ]
