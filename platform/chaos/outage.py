"""The scenario in which the database is away: stopped, then there but silent."""

import time

from chaos.asking import CLIENTS, readers, writers
from chaos.crowd import Crowd
from chaos.episode import WATCHED_SECONDS, Episode, recovery, refusals, slowest
from chaos.finding import Finding, at_most
from chaos.stage import Stage

_BAR_SECONDS = 0.5
# Until the product has noticed that nothing answers.
_NOTICE_BAR_SECONDS = 2.5
_SILENT_SECONDS = 20.0
_BEFORE_SECONDS = 2.0


def outage(stage: Stage) -> list[Finding]:
    """Stop the server under load; then halt it, so that connections stay and nothing answers."""
    before = stage.product.processes()
    findings = [*_stopped(stage), *_silent(stage)]
    same = stage.product.processes() == before
    return [
        *findings,
        Finding(f"processes {'the same' if same else 'others'} afterwards", "nothing restarted", met=same),
    ]


def _crowd(stage: Stage) -> Crowd:
    half = CLIENTS // 2
    reading = readers(stage, "/recommendations?limit=20", "/events?limit=20", number=half)
    return Crowd(stage.product.port, [*reading, *writers(stage, number=CLIENTS - half)])


def _stopped(stage: Stage) -> list[Finding]:
    with _crowd(stage) as crowd:
        time.sleep(_BEFORE_SECONDS)
        cut_at = time.monotonic()
        stage.database.shut_down_at_once()
        began_at = time.monotonic()
        time.sleep(stage.seconds)
        ended_at = time.monotonic()
        stage.database.start()
        episode = Episode("stopped", cut_at, began_at, ended_at, time.monotonic())
        time.sleep(WATCHED_SECONDS)
    return [
        *refusals(episode, crowd.samples),
        at_most("stopped: slowest", slowest(episode.touching(crowd.samples)), _BAR_SECONDS),
        recovery(episode, crowd.samples),
    ]


def _silent(stage: Stage) -> list[Finding]:
    with _crowd(stage) as crowd:
        time.sleep(_BEFORE_SECONDS)
        cut_at = time.monotonic()
        stage.database.silence()
        began_at = time.monotonic()
        try:
            time.sleep(min(_SILENT_SECONDS, stage.seconds))
        finally:
            ended_at = time.monotonic()
            stage.database.speak()
        episode = Episode("silent", cut_at, began_at, ended_at, time.monotonic())
        time.sleep(WATCHED_SECONDS)
    touching = episode.touching(crowd.samples)
    first = [sample for sample in touching if sample.started < began_at + _NOTICE_BAR_SECONDS]
    later = [sample for sample in touching if sample.started >= began_at + _NOTICE_BAR_SECONDS]
    return [
        *refusals(episode, crowd.samples),
        at_most(f"silent: slowest of the first {_NOTICE_BAR_SECONDS} s", slowest(first), _NOTICE_BAR_SECONDS),
        at_most("silent: slowest from then on", slowest(later), _BAR_SECONDS),
        recovery(episode, crowd.samples),
    ]
