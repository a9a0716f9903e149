"""This file holds the trying of a change for real, in a transaction that is rolled back."""

from collections.abc import Callable
from typing import Any

from django.db import InternalError, OperationalError, connection, transaction
from psycopg.errors import LockNotAvailable, ReadOnlySqlTransaction

from events.models import Event
from interactions.models import Interaction
from recommendations.beginning import begun
from recommendations.changes import Case, Change, supposed
from recommendations.feed import feed_for
from recommendations.rankers.base import Ranker
from recommendations.smallest import FIRST_PAGE
from recommendations.viewer import viewer_of
from users.models import User

# More rows than this are not written for a question; whoever interacts with the event would wait for them.
MOST_INTERACTIONS = 1_000
_LOCK_TIMEOUT = "SET LOCAL lock_timeout = '200ms'"


def place_when_tried(change: Change, case: Case, ranker: Ranker) -> int | None:
    """Return the event's place on the first page that is served after a change was made, which is then undone.

    The change is written as people would write it: triggers count, and nobody else sees any of it. None if it is not on
    that page; also if it was not tried, because somebody holds a lock, the server only reads, or too many rows would be
    written. What others write to this event meanwhile waits for the end, some milliseconds later.
    """
    if any(step.kind == "interactions" and step.value > MOST_INTERACTIONS for step in change.steps):
        return None
    try:
        with transaction.atomic():
            place = _place_after(change, case, ranker)
            transaction.set_rollback(True)
            return place
    except (OperationalError, InternalError) as error:
        if not isinstance(error.__cause__, LockNotAvailable | ReadOnlySqlTransaction):
            raise
        return None


def make(change: Change, case: Case) -> None:
    """Write a change of what is stored; the clock and the filters are the reader's.

    In the order user, event, tally: see Note [Cascades] in interactions/models.py.
    """
    values = {step.kind: step.value for step in change.steps}
    for kind, write in _WRITTEN.items():
        if kind in values:
            write(case, values[kind])


def _place_after(change: Change, case: Case, ranker: Ranker) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_TIMEOUT)
    make(change, case)
    look = supposed(case, [step for step in change.steps if step.kind in ("clock", "filter")])
    viewer = viewer_of(User.objects.get(pk=case.viewer.user.pk), look.viewer.now)
    viewer, ranker = begun(viewer, ranker, look.filters)
    page = feed_for(viewer, ranker, filters=look.filters, limit=FIRST_PAGE, after=None)
    places = (place for place, event in enumerate(page.events, start=1) if event.pk == case.event.pk)
    return next(places, None)


def _add_interest(case: Case, category: str) -> None:
    User.objects.filter(pk=case.viewer.user.pk).update(interests=[*case.viewer.interests, category])


def _set_status(case: Case, status: str) -> None:
    Event.objects.filter(pk=case.event.pk).update(status=status)


def _take_back(case: Case, number: int) -> None:
    Interaction.objects.of(case.viewer.user).dismissals().filter(event=case.event).delete()


def _interact(case: Case, number: int) -> None:
    view = Interaction.Action.VIEW
    Interaction.objects.bulk_create(
        [Interaction(user=case.viewer.user, event=case.event, action=view) for _ in range(number)]
    )


_WRITTEN: dict[str, Callable[[Case, Any], None]] = {
    "interest": _add_interest,
    "status": _set_status,
    "dismissal": _take_back,
    "interactions": _interact,
}
