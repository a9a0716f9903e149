"""This file holds what a person does with events: recording it and taking it back."""

from django.db import IntegrityError

from events.models import Event
from interactions.models import Interaction
from users.models import User


class UnknownEvent(Exception):
    """There is no event with this id."""


def record(user: User, event_id: int, action: str) -> Interaction:
    """Record that a user did something with an event, past ones too; UnknownEvent if there is none."""
    if not Event.objects.filter(pk=event_id).exists():
        raise UnknownEvent
    try:
        return Interaction.objects.create(user=user, event_id=event_id, action=action)
    except IntegrityError as error:
        # Deleted in between: the database checks the reference when the row is committed.
        raise UnknownEvent from error


def take_back(user: User, event_id: int, action: str) -> None:
    """Delete every such interaction of the user with the event, if any; UnknownEvent if there is no event."""
    if not Event.objects.filter(pk=event_id).exists():
        raise UnknownEvent
    Interaction.objects.of(user).filter(event_id=event_id, action=action).delete()
