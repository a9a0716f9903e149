"""What ordinary clients ask."""

import uuid
from collections.abc import Callable, Iterator
from functools import cache
from itertools import cycle
from typing import TypedDict

from chaos.stage import Stage
from chaos.wire import get, post

CLIENTS = 8
_ACTIONS = ("VIEW", "SAVE", "CLICK", "APPLY")


class NewInteraction(TypedDict):
    """The body of a request that records an interaction."""

    eventId: int
    action: str


def readers(stage: Stage, *paths: str, number: int = CLIENTS) -> list[Callable[[], bytes]]:
    """Return clients, each another user, that get these paths in turn."""
    return [cycle([get(path, stage.tokens[client]) for path in paths]).__next__ for client in range(number)]


def writers(stage: Stage, *, number: int = CLIENTS) -> list[Callable[[], bytes]]:
    """Return clients, each another user, that record one interaction after the other."""
    return [_writer(stage.tokens[client], new_interactions(client, stage.events)) for client in range(number)]


def _writer(token: str, interactions: Iterator[NewInteraction]) -> Callable[[], bytes]:
    def ask() -> bytes:
        return post("/interactions", token, next(interactions), key=str(uuid.uuid4()))

    return ask


@cache
def new_interactions(client: int, events: tuple[int, ...]) -> Iterator[NewInteraction]:
    """Return interactions of a client, none twice in 4 × len(events): a repeated one is answered but makes no row.

    The scenarios share users and events, so they share the iterator of a client, too.
    """
    first = client * 7
    return cycle(
        {"eventId": event, "action": action} for action in _ACTIONS for event in events[first:] + events[:first]
    )
