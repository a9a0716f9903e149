"""This file holds what ordinary clients ask."""

import itertools
import uuid
from collections.abc import Callable

from chaos.stage import Stage
from chaos.wire import get, post

CLIENTS = 8


def readers(stage: Stage, *paths: str, number: int = CLIENTS) -> list[Callable[[], bytes]]:
    """Return clients, each another user, that get these paths in turn."""
    return [itertools.cycle([get(path, stage.tokens[client]) for path in paths]).__next__ for client in range(number)]


def writers(stage: Stage, *, number: int = CLIENTS) -> list[Callable[[], bytes]]:
    """Return clients, each another user, that record views of one event after the other."""
    return [_writer(stage.tokens[client], stage.events[client * 7 :]) for client in range(number)]


def _writer(token: str, events: tuple[int, ...]) -> Callable[[], bytes]:
    following = itertools.cycle(events)

    def ask() -> bytes:
        return post("/interactions", token, {"eventId": next(following), "action": "VIEW"}, key=str(uuid.uuid4()))

    return ask
