"""Muting of organisers, series and categories."""

from datetime import datetime

from django.db import IntegrityError, transaction
from psycopg.errors import ForeignKeyViolation

from api.deadlocks import retried
from interactions.models import Mute
from users.models import User

# More than anybody hides by hand. Each page of a feed looks for the events of all of them.
MUTES_MAX = 500


class UnknownOrganiser(Exception):
    """There is no organiser with this id."""


class TooManyMutes(Exception):
    """You have muted as much as is possible. Delete a mute first."""


def mute(user: User, target: str, value: int | str, *, now: datetime) -> tuple[Mute, bool]:
    """Return the user's mute of a target, a column of it with its value, and whether it is new.

    UnknownOrganiser if there is no such organiser, TooManyMutes if the user has MUTES_MAX others. User.DoesNotExist if
    the user has been deleted.
    """
    return retried(lambda: _mute(user, target, value, now))


@transaction.atomic
def _mute(user: User, target: str, value: int | str, now: datetime) -> tuple[Mute, bool]:
    # Locked, so that equal requests at once make one row: the second one sees what the first has written.
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
    own = Mute.objects.of(user)
    standing = own.with_names().filter(**{target: value}).order_by("pk").first()
    if standing is not None:
        return standing, False
    if own.count() >= MUTES_MAX:
        raise TooManyMutes(TooManyMutes.__doc__)
    try:
        made = Mute.objects.create(user=user, created_at=now, **{target: value})
    except IntegrityError as error:
        if not isinstance(error.__cause__, ForeignKeyViolation):
            raise
        raise UnknownOrganiser(UnknownOrganiser.__doc__) from error
    return own.with_names().get(pk=made.pk), True


def unmute(user: User, mute_id: int) -> None:
    """Delete a mute of the user, if there is one with this id."""
    retried(lambda: Mute.objects.of(user).filter(pk=mute_id).delete())
