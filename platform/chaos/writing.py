"""A client that loses nothing: each request has a key, and is repeated until it is answered."""

import json
import threading
import uuid
from dataclasses import dataclass

from chaos.asking import NewInteraction, new_interactions
from chaos.client import Client, NoAnswer
from chaos.stage import Stage
from chaos.wire import post

_TIMEOUT_SECONDS = 10.0
_BACKOFF_SECONDS = 0.02
_BACKOFF_MAX_SECONDS = 0.5


@dataclass(frozen=True)
class Row:
    """An interaction as the answer tells it."""

    number: int
    action: str


@dataclass(frozen=True)
class Written:
    """A key and what became of it: acknowledged as a row, refused (the answer), or neither when it was given up."""

    request: bytes
    event: int
    attempts: int
    row: Row | None
    refusal: str = ""


def keep_writing(
    stage: Stage, client_number: int, written: list[Written], *, over: threading.Event, given_up: threading.Event
) -> None:
    """Write one interaction after the other until it is over, and the last until it is answered or given up."""
    client = Client(stage.product.port, timeout_seconds=_TIMEOUT_SECONDS)
    interactions = new_interactions(client_number, stage.events)
    while not over.is_set():
        written.append(_write(stage.tokens[client_number], next(interactions), client, given_up))
    client.close()


def _write(token: str, asked: NewInteraction, client: Client, given_up: threading.Event) -> Written:
    request, event = post("/interactions", token, asked, key=str(uuid.uuid4())), asked["eventId"]
    attempts, wait = 0, _BACKOFF_SECONDS
    while True:
        attempts += 1
        try:
            answer = client.ask(request)
        except NoAnswer:
            pass
        else:
            if answer.status in (200, 201):
                body = json.loads(answer.body)
                return Written(request, event, attempts, Row(body["id"], body["action"]))
            if answer.status < 500:
                return Written(request, event, attempts, None, f"{answer.status} {answer.body[:100]!r}")
        if given_up.wait(wait):
            return Written(request, event, attempts, None, "no answer until the end")
        wait = min(wait * 2, _BACKOFF_MAX_SECONDS)
