"""The registry of personal data: which rows of which tables are about a user."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CASCADE, DO_NOTHING, F, ForeignObjectRel, Model, Q, QuerySet
from knox.models import AuthToken

from api.keyset import Key, Order
from users.models import RateLimitUse, User
from users.rate_limits import used_by

# Note [Personal data]
# What is about a user is found by the references that the models have, so that a table which comes later is exported
# and erased without anybody thinking of it. Two tables name users without a reference: the admin's log, and rate
# limits, whose keys are digests. A test looks at every column of every table for what these rules have missed.
#
# Rows are read and deleted in batches, along an index, by a short statement each: one for all of a million would hold
# an old snapshot, the tallies' locks and the memory of the process.

_BY_KEY = Order((Key(F("pk"), "pk"),))
_BATCH = 2_000


@dataclass(frozen=True)
class PersonalData:
    """The rows of a table that are about a user; `ends` says that they go when the user goes."""

    model: type[Model]
    condition: Q
    ends: bool

    @property
    def rows(self) -> QuerySet[Model]:
        """The rows, in no order."""
        return self.model._base_manager.filter(self.condition)

    def batches(self, rows: QuerySet[Model]) -> Iterator[list[Model]]:
        """Yield all of these rows, which are of the table, so many at a time."""
        order: Order = getattr(self.model, "own_order", _BY_KEY)
        position = None
        while True:
            batch = list(order.sorted(rows if position is None else order.after(rows, position))[:_BATCH])
            if batch:
                yield batch
            if len(batch) < _BATCH:
                return
            position = order.position_of(batch[-1])


def personal_data_of(user: User) -> list[PersonalData]:
    """Return what every table has about a user, in the order of the tables' names. See Note [Personal data]."""
    conditions: dict[type[Model], list[Q]] = {LogEntry: [_logged_about(user)], RateLimitUse: [_limits_used_by(user)]}
    kept: set[type[Model]] = set()
    for relation in _references():
        model = relation.related_model
        assert not isinstance(model, str)
        conditions.setdefault(model, []).append(Q(**{relation.field.attname: user.pk}))
        # What is kept without its user, or protects them, says so.
        if relation.on_delete not in (CASCADE, DO_NOTHING):
            kept.add(model)
    return [
        PersonalData(model, reduce(or_, conditions[model]), ends=model not in kept)
        for model in sorted(conditions, key=lambda model: model._meta.label_lower)
    ]


def _references() -> Iterator[Any]:
    for relation in User._meta.get_fields(include_hidden=True):
        # Those of many to many are references of the table between.
        if isinstance(relation, ForeignObjectRel) and not relation.many_to_many:
            yield relation


def _logged_about(user: User) -> Q:
    """Return the condition on the admin's log: what was done to the user, or to something that is called by them."""
    kinds = ContentType.objects.get_for_models(User, *_proxies(), for_concrete_models=False).values()
    named = str(user)
    # Tokens are called "… : username (#id)", by the name that their user had at the time.
    token = Q(content_type=ContentType.objects.get_for_model(AuthToken), object_repr__endswith=f" (#{user.pk})")
    return (
        Q(content_type__in=kinds, object_id=str(user.pk))
        | token
        | Q(object_repr__contains=named)
        | Q(change_message__contains=json.dumps(named)[1:-1])
    )


def _proxies() -> list[type[User]]:
    return [model for model in User.__subclasses__() if model._meta.proxy]


def _limits_used_by(user: User) -> Q:
    addresses = {user.email, *EmailAddress.objects.filter(user=user).values_list("email", flat=True)}
    return used_by(str(user.pk), *(f"for {address.casefold()}" for address in addresses))
