"""Columns that staff with one permission must not learn about, and the values that a test gives them in turn."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from allauth.account.models import EmailAddress, EmailConfirmation
from django.apps import apps
from django.contrib.admin import site
from django.contrib.admin.models import LogEntry
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.postgres.fields import ArrayField
from django.db import models
from knox.models import AuthToken

from events.models import Event, Organiser, Origin
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import IdempotencyKey, Interaction, Mute, Tally
from recommendations.models import EntityFactors, EventEmbedding, TrainingRun
from users.models import CalendarToken, Session, User
from users.tests.factories import UserFactory

_TIMES = (datetime(2100, 3, 1, tzinfo=UTC), datetime(2100, 4, 1, tzinfo=UTC))
_LATER = (datetime(2100, 5, 1, tzinfo=UTC), datetime(2100, 6, 1, tzinfo=UTC))
ALL = "all"
# Of columns whose values other columns or lists bound.
_OTHERS: dict[str, tuple[Any, Any]] = {
    "end_at": _LATER, "price_min": (2, 3), "price_max": (5, 7), "currency": ("EUR", "GBP"), "language": ("en", "pt"),
    "time_zone": ("Europe/Lisbon", "Europe/Paris"),
}  # fmt: skip
MUTED = ("organiser", "series", "category")

# Permission -> the lists that it opens.
OPENED = {
    "auth.view_group": "auth/group", "auth.change_group": "auth/group",
    "events.view_event": "events/event", "events.change_event": "events/event",
    "events.view_organiser": "events/organiser", "events.change_organiser": "events/organiser",
    "interactions.view_interaction": "interactions/interaction",
    "interactions.change_interaction": "interactions/interaction",
    "interactions.view_mute": "interactions/mute", "interactions.change_mute": "interactions/mute",
    "recommendations.view_feed": "recommendations/feed",
    "recommendations.view_trainingrun": "recommendations/trainingrun", "recommendations.change_trainingrun": "recommendations/trainingrun",
    "users.view_user": "users/user", "users.change_user": "users/user",
}  # fmt: skip

# These open no list, but pages of rows that ask whether to delete them.
DELETING = {
    "auth.delete_group": "auth/group", "events.delete_event": "events/event", "events.delete_organiser": "events/organiser",
    "users.delete_user": "users/user",
}  # fmt: skip

# List -> model -> what its rows, and the pages of the rows, show of it.
_CHOICES = {"auth.Permission": ALL, "contenttypes.ContentType": ALL}
SHOWN: dict[str, dict[str, Any]] = {
    "auth/group": {"auth.Group": ALL, "auth.Group_permissions": ALL, **_CHOICES},
    # Of interactions only how many each event has.
    "events/event": {"events.Event": ALL, "events.Organiser": {"name"}, "interactions.Interaction": {"event"}},
    "events/organiser": {"events.Organiser": ALL},
    "interactions/interaction": {"interactions.Interaction": ALL, "users.User": {"username"}, "events.Event": {"title"}},
    "interactions/mute": {"interactions.Mute": ALL, "users.User": {"username"}, "events.Organiser": {"name"}},
    # The page of a feed is what the permission is for; here it is the list, which asks for a username.
    "recommendations/feed": {"users.User": {"username"}},
    "recommendations/trainingrun": {
        "recommendations.TrainingRun": {field.name for field in TrainingRun._meta.concrete_fields} - {"model", "neighbours", "popular"},
    },
    "users/user": {
        "users.User": {field.name for field in User._meta.concrete_fields} - {"password"},
        "account.EmailAddress": {"email", "verified"},
        "users.User_groups": ALL, "users.User_user_permissions": ALL, "auth.Group": {"name"}, **_CHOICES,
    },
}  # fmt: skip
# Written by triggers: these change with the events and interactions that they are of.
_DERIVED: tuple[type[models.Model], ...] = (Tally,)


@dataclass(frozen=True)
class Column:
    """A column of the victim's row, with two values for it, and a way to it from a model of the admin."""

    model: type[models.Model]
    field: models.Field[Any, Any]
    values: tuple[Any, Any]
    # Names of relations, each followed by two underscores.
    way: str

    def __repr__(self) -> str:
        return f"{self.model._meta.label}.{self.field.name} by {self.way or 'itself'}"

    @property
    def distance(self) -> int:
        """How many relations lead to it."""
        return self.way.count("__")

    def put(self, row: models.Model, number: int) -> models.Model:
        """Give the row one of the two values; return it as it is found from then on."""
        value = self.values[number]
        rows = self.model._base_manager.filter(pk=row.pk)
        if self.model is Interaction:  # Never changed; another takes its place.
            rows.delete()
            setattr(row, self.field.attname, getattr(value, "pk", value))
            row.save(force_insert=True)
        elif self.model is Mute and self.field.name in MUTED:  # Of one target.
            rows.update(**{**dict.fromkeys(MUTED), self.field.name: value})
        else:
            rows.update(**{self.field.name: value})
        return self.model._base_manager.get(pk=value if self.field.primary_key else row.pk)


def world() -> dict[type[models.Model], list[models.Model]]:
    """Make a victim's row of every model, and a second one of those that rows refer to; return them by model."""
    ana, ben = (
        UserFactory(username=name, email=f"{name}@mailbox.example", last_name=name, latitude=1, longitude=1)
        for name in ("ana", "ben")
    )
    types = [ContentType.objects.create(app_label="attic", model=name) for name in ("box", "chest")]
    permissions = [Permission.objects.create(content_type=each, codename=each.model, name="Open") for each in types]
    groups = [Group.objects.create(name=name) for name in ("clerks", "editors")]
    groups[0].permissions.add(permissions[0])
    ana.groups.add(groups[0])
    ana.user_permissions.add(permissions[0])
    organisers = [OrganiserFactory(external_id=name) for name in ("one", "two")]
    events = [
        EventFactory(
            organiser=organisers[0],
            external_id=f"{each}",
            latitude=1,
            longitude=1,
            price_min=1,
            price_max=9,
            currency="CHF",
        )
        for each in range(2)
    ]
    run_of = {"cutoff": _TIMES[0], "began_at": _TIMES[0], "seed": 1, "parameters": {}, "metrics": {}, "model": ""}
    runs = [TrainingRun.objects.create(**run_of) for _ in range(2)]
    address = EmailAddress.objects.create(user=ana, email="ana@mailbox.example")
    made: list[models.Model] = [
        address,
        EmailConfirmation.objects.create(email_address=address, key="k"),
        Session.objects.create(session_key="s" * 64, session_data="s", expire_date=_TIMES[0], user=ana),
        AuthToken.objects.create(ana)[0],
        CalendarToken.objects.create(user=ana, digest="c" * 64, created_at=_TIMES[0]),
        LogEntry.objects.create(user=ana, content_type=types[0], object_id="1", action_flag=1, change_message="said"),
        Origin.objects.create(event=events[0], series="series"),
        EventEmbedding.objects.create(event=events[0], model="m", version="1", text_hash="t", vector=[1.0]),
        Interaction.objects.create(user=ana, event=events[0], action="SAVE"),
        Mute.objects.create(user=ana, organiser=organisers[0]),
        IdempotencyKey.objects.create(user=ana, key="k", fingerprint="f", answer={}, status=201),
        EntityFactors.objects.create(
            run=runs[0], kind="tag", key="k", people=1, interactions=1, events=1, trend=1, factors=b"f"
        ),
        *Group.permissions.through.objects.all(),
        *User.groups.through.objects.all(),
        *User.user_permissions.through.objects.all(),
    ]
    return {
        User: [ana, ben], ContentType: types, Permission: permissions, Group: groups, Organiser: organisers,
        Event: events, TrainingRun: runs, **{type(row): [row] for row in made},
    }  # fmt: skip


def hidden_columns(opened: str, rows: dict[type[models.Model], list[models.Model]]) -> list[Column]:
    """Return the columns that the list does not show, of all models that can be reached from the list's own."""
    columns = []
    for model, way in _ways(apps.get_model(*opened.split("/")), depth=3):
        shown = SHOWN[opened].get(model._meta.label, set())
        if shown == ALL or model in _DERIVED:
            continue
        assert model in rows, f"world() makes no row of {model._meta.label}"
        for field in model._meta.concrete_fields:
            values = _values_of(field, rows)
            if field.name not in shown and values is not None:
                columns.append(Column(model, field, values, way))
    return columns


def registered() -> list[str]:
    """Return the models of the admin as addresses name them."""
    return sorted(f"{model._meta.app_label}/{model._meta.model_name}" for model in site._registry)


def _ways(model: type[models.Model], *, depth: int, before: str = "") -> Iterator[tuple[type[models.Model], str]]:
    """Yield each model that is reached by so many relations, its own included, with what a lookup of it begins with."""
    yield model._meta.concrete_model or model, before
    for field in model._meta.get_fields() if depth else ():
        related = field.related_model
        if isinstance(related, type):
            way = f"{before}{field.name}__"
            through = field.many_to_many and (getattr(field, "through", None) or field.remote_field.through)
            if through:
                # Its columns say which rows of this model belong to which of that one.
                yield through, way
            yield from _ways(related, depth=depth - 1, before=way)


def _values_of(field: models.Field[Any, Any], rows: dict[type[models.Model], list[models.Model]]) -> Any:
    """Return two values that the column may have; None if it cannot be changed."""
    if isinstance(field, models.ForeignKey):
        others = rows.get(field.related_model, [])
        return None if field.primary_key or len(others) < 2 else tuple(others[:2])
    if field.primary_key:
        return ("1f" * 32, "e0" * 32) if isinstance(field, models.CharField) else None
    if field.choices:
        return tuple(str(value) for value, _ in field.choices)[:2]
    if isinstance(field, ArrayField):
        return (["music"], ["tech"]) if isinstance(field.base_field, models.CharField) else ([1.0], [0.5])
    if field.name == "password":
        return make_password("correct horse"), make_password("battery staple")
    if field.name in _OTHERS:
        return _OTHERS[field.name]
    kinds: list[tuple[type[models.Field[Any, Any]] | tuple[type[models.Field[Any, Any]], ...], tuple[Any, Any]]] = [
        (models.EmailField, ("quorx@mailbox.example", "zyndr@mailbox.example")),
        (models.URLField, ("https://quorx.example/", "https://zyndr.example/")),
        ((models.CharField, models.TextField), ("music", "tech")),
        (models.DateTimeField, _TIMES),
        (models.BooleanField, (False, True)),
        (models.FloatField, (1.5, 2.5)),
        (models.IntegerField, (3, 5)),
        (models.JSONField, ({"a": "music"}, {"a": "tech"})),
        (models.BinaryField, (b"music", b"tech")),
    ]
    return next((values for kind, values in kinds if isinstance(field, kind)), None)
