"""Recording of interactions, one for each visit, and their deletion."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from api.deadlocks import retried
from events.models import Event
from interactions.models import Interaction
from users.models import User

_RECORD = (Path(__file__).resolve().parent / "sql" / "record.sql").read_text()

# Note [Visits]
# One visit is one interaction: a VIEW or CLICK less than VISIT before or after another of the same user, event and
# action is not recorded again, and neither is a SAVE, APPLY or DISMISS while one stands. A constraint can't say so,
# because rows that SQL and load_dataset write may repeat. So the requests of one user take turns: the first statement
# locks the user's row, the second reads what the user did. They are two statements because each sees what was committed
# before it began, and a request that waited for the lock must see what the one before it wrote. NO KEY, so that foreign
# keys to the user can be checked meanwhile (signing in makes one). The order of locks is that of Note [Cascades]: user,
# event, tally. The interactions of a batch are recorded one after the other, as if each were a request. If several rows
# match, the nearest in time is the answer.
VISIT = timedelta(minutes=30)


@dataclass(frozen=True)
class NewInteraction:
    """What a user did with which event, and when."""

    event_id: int
    action: str
    at: datetime


@dataclass(frozen=True)
class Recorded:
    """The row of an interaction, and whether it was made for it rather than there before."""

    interaction: Interaction
    is_new: bool


class UnknownEvent(Exception):
    """There is no event with this id."""


def record(user: User, wanted: Sequence[NewInteraction]) -> list[Recorded]:
    """Record what a user did, with past events too, and return the rows in the order of `wanted`. See Note [Visits].

    Leave out interactions with unknown events. User.DoesNotExist if the user has been deleted.
    """
    return retried(lambda: _record(user, wanted))


@transaction.atomic
def _record(user: User, wanted: Sequence[NewInteraction]) -> list[Recorded]:
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    known = _rows_that_may_match(user, wanted)
    recorded = []
    for one in wanted:
        rows = known[one.event_id, one.action]
        row = _match(rows, one)
        recorded.append(Recorded(row or _unsaved(user, one), is_new=row is None))
        if row is None:
            rows.append(recorded[-1].interaction)
    _insert(user, [one.interaction for one in recorded if one.is_new])
    return [one for one in recorded if one.interaction.pk is not None]


def _rows_that_may_match(
    user: User, wanted: Sequence[NewInteraction]
) -> defaultdict[tuple[int, str], list[Interaction]]:
    own = Interaction.objects.of(user).filter(event_id__in={one.event_id for one in wanted}).order_by("pk")
    known: defaultdict[tuple[int, str], list[Interaction]] = defaultdict(list)
    visits = [one.at for one in wanted if one.action in Interaction.VISITS]
    if visits:
        for row in own.visits().filter(created_at__gt=min(visits) - VISIT, created_at__lt=max(visits) + VISIT):
            known[row.event_id, row.action].append(row)
    if len(visits) < len(wanted):
        for row in own.standing():
            known[row.event_id, row.action].append(row)
    return known


def _match(rows: Sequence[Interaction], one: NewInteraction) -> Interaction | None:
    near = [row for row in rows if one.action in Interaction.STANDING or abs(row.created_at - one.at) < VISIT]
    return min(near, key=lambda row: abs(row.created_at - one.at), default=None)


def _unsaved(user: User, one: NewInteraction) -> Interaction:
    return Interaction(user=user, event_id=one.event_id, action=one.action, created_at=one.at)


def _insert(user: User, rows: Sequence[Interaction]) -> None:
    """Insert the rows and set their ids, except for those whose event does not exist."""
    if not rows:
        return
    parameters: dict[str, Any] = {
        "user": user.pk,
        "events": [row.event_id for row in rows],
        "actions": [row.action for row in rows],
        "times": [row.created_at for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECORD, parameters)
        inserted = cursor.fetchall()
    existing = {event_id for _, event_id in inserted}
    for row, (pk, _) in zip((row for row in rows if row.event_id in existing), inserted, strict=True):
        row.pk = pk


def delete_own(user: User, event_id: int, action: str) -> None:
    """Delete every such interaction of the user with the event, if any; UnknownEvent if there is no event."""
    if not Event.objects.filter(pk=event_id).exists():
        raise UnknownEvent
    retried(lambda: Interaction.objects.of(user).filter(event_id=event_id, action=action).delete())
