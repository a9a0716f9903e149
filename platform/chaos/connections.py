"""The scenario in which somebody else has taken every connection of the database."""

import time
from contextlib import ExitStack

import psycopg

from chaos.asking import CLIENTS, readers, writers
from chaos.crowd import Crowd
from chaos.episode import WATCHED_SECONDS, Episode, recovery, refusals, slowest
from chaos.finding import Finding
from chaos.stage import Stage

_HELD_SECONDS = 15.0
_BEFORE_SECONDS = 2.0
_TAKING_SECONDS = 30.0


class ConnectionsLeft(Exception):
    """Not every connection could be taken: the product kept some."""


def connections(stage: Stage) -> list[Finding]:
    """Take every connection under load, those of the product too, and give them back."""
    half = CLIENTS // 2
    askers = [*readers(stage, "/recommendations?limit=20", number=half), *writers(stage, number=CLIENTS - half)]
    with Crowd(stage.product.port, askers) as crowd:
        time.sleep(_BEFORE_SECONDS)
        with ExitStack() as held:
            cut_at = time.monotonic()
            number = _take_all(stage, held)
            began_at = time.monotonic()
            time.sleep(min(_HELD_SECONDS, stage.seconds))
            ended_at = time.monotonic()
        episode = Episode(f"{number} taken", cut_at, began_at, ended_at, time.monotonic())
        time.sleep(WATCHED_SECONDS)
    return [
        *refusals(episode, crowd.samples),
        Finding(f"{episode.name}: slowest {slowest(episode.within(crowd.samples)):.3f} s"),
        recovery(episode, crowd.samples),
    ]


def _take_all(stage: Stage, held: ExitStack) -> int:
    """Take what is free and end the product's connections, until the harness has all, and return how many."""
    first = held.enter_context(stage.database.connect())
    row = first.execute("SELECT current_setting('max_connections')::int").fetchone()
    assert row is not None
    wanted: int = row[0]
    number = 1
    deadline = time.monotonic() + _TAKING_SECONDS
    while number < wanted:
        if time.monotonic() > deadline:
            raise ConnectionsLeft(ConnectionsLeft.__doc__)
        try:
            held.enter_context(stage.database.connect())
            number += 1
        except psycopg.OperationalError:
            stage.database.terminate_app_backends(first)
    return number
