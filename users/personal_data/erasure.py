"""Erasure of a user and their personal data."""

from django.db import transaction

from api.deadlocks import retried
from users.authentication import may_sign_in
from users.models import User
from users.personal_data.registry import PersonalData, personal_data_of


class LastSuperuser(Exception):
    """This is the last active superuser, and nobody could make another. Make one first: manage.py createsuperuser."""


def erase(user: User) -> None:
    """Delete a user and every row about them; LastSuperuser, and nothing is deleted, if nobody would be left to lead.

    Batch by batch, so that nobody waits long for the tallies; broken off anywhere, it can be done again. Counts follow
    by their triggers. Rows that are kept without their user lose the reference.
    """
    retried(lambda: _keep_a_superuser(user))
    for table in personal_data_of(user):
        if table.ends:
            for batch in table.batches(table.rows):
                _delete(table, [row.pk for row in batch])
    retried(lambda: _finish(user))


def _delete(table: PersonalData, keys: list[object]) -> None:
    retried(lambda: table.model._base_manager.filter(pk__in=keys).delete())


@transaction.atomic
def _finish(user: User) -> None:
    """Delete what came meanwhile, and the user, who is locked first: see Note [Cascades] of the interactions."""
    _keep_a_superuser(user)
    User.objects.select_for_update().filter(pk=user.pk).first()
    for table in personal_data_of(user):
        if table.ends:
            table.rows.delete()
    user.delete()


@transaction.atomic
def _keep_a_superuser(user: User) -> None:
    if not user.is_superuser:
        return
    # Locked, so that the last two cannot both go at once.
    leading = User.objects.filter(may_sign_in(), is_superuser=True).order_by("pk").select_for_update(no_key=True)
    if [leader.pk for leader in leading] == [user.pk]:
        raise LastSuperuser(LastSuperuser.__doc__)
