"""This file holds what a person does with events: recording it and taking it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from events.models import Event
from events.retrying import retried
from interactions.models import Interaction
from users.models import User

_RECORD = (Path(__file__).resolve().parent / "sql" / "record.sql").read_text()


@dataclass(frozen=True)
class Doing:
    """Something to be recorded: what was done with which event; `at` None means now."""

    event_id: int
    action: str
    at: datetime | None = None


class UnknownEvent(Exception):
    """There is no event with this id."""


def record(user: User, doings: Sequence[Doing]) -> list[Interaction]:
    """Record what a user did, past events too, by one statement; return the rows in the order of `doings`.

    What is about an event that is not there is left out, and everything if the user has been deleted.
    """
    return retried(lambda: _insert(user, doings))


def _insert(user: User, doings: Sequence[Doing]) -> list[Interaction]:
    parameters: dict[str, Any] = {
        "user": user.pk,
        "events": [doing.event_id for doing in doings],
        "actions": [doing.action for doing in doings],
        "times": [doing.at for doing in doings],
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, parameters)
        return [
            Interaction(pk=pk, user=user, event_id=event_id, action=action, created_at=created_at)
            for pk, event_id, action, created_at in cursor.fetchall()
        ]


def take_back(user: User, event_id: int, action: str) -> None:
    """Delete every such interaction of the user with the event, if any; UnknownEvent if there is no event."""
    if not Event.objects.filter(pk=event_id).exists():
        raise UnknownEvent
    retried(lambda: Interaction.objects.of(user).filter(event_id=event_id, action=action).delete())
