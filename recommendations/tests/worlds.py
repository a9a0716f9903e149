"""Random worlds and the independent oracle that says what their feeds must be.

The oracle shares no code with the product: plain Python over plain rows.
"""

import math
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import connection
from hypothesis import strategies as st

from events.models import Event, Organiser
from interactions.models import Interaction, Mute
from users.models import User

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
CATEGORIES = ["music", "tech", "food", None]
STATUSES = ["OPEN", "OPEN", "OPEN", "IN_PROGRESS", "COMPLETED", "CANCELLED"]
# Few values, so that equal starts are common; 0 is "starts this very moment".
START_HOURS = [-24, 0, 1, 1, 2, 3, 48]
ACTIONS = ["VIEW", "SAVE", "CLICK", "APPLY", "DISMISS"]
ORGANISERS = [900_001, 900_002]
SERIES = ["weekly", "yearly"]
# What may be muted: a column of events and its value.
TARGETS = [
    *(("organiser_id", organiser) for organiser in ORGANISERS),
    *(("series", series) for series in SERIES),
    ("category", "music"),
    ("category", "food"),
]

# Near each other across the antimeridian, across a pole, and in a town; and nowhere.
PLACES = [
    None,
    None,
    (38.71, -9.13),
    (38.72, -9.13),
    (38.9, -9.4),
    (0.01, 179.99),
    (-0.01, -179.99),
    (89.99, 40),
    (89.98, -140),
]
# Each leaves something out; none has a place on its line.
CIRCLES = [
    ((38.7, -9.13), 1.5),
    ((38.7, -9.13), 50),
    ((0, 180), 2),
    ((0, -180), 0.5),
    ((90, 0), 1.5),
    ((-90, 10), 9_000),
    ((89.99, 41), 1),
]


def _with_place(event):
    place, values = event["place"] or (None, None), {name: value for name, value in event.items() if name != "place"}
    return {**values, "latitude": place[0], "longitude": place[1], "currency": "EUR" if event["price_max"] else None}


EVENTS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["EVENT", "GIG"]),
        "status": st.sampled_from(STATUSES),
        "category": st.sampled_from(CATEGORIES),
        "start_at": st.sampled_from(START_HOURS).map(lambda hours: NOW + timedelta(hours=hours)),
        "place": st.sampled_from(PLACES),
        "price_max": st.sampled_from([None, 0, 0, 12.5]),
        "attendance": st.sampled_from([None, "IN_PERSON", "ONLINE", "MIXED"]),
        "organiser_id": st.sampled_from([None, None, *ORGANISERS]),
        "series": st.sampled_from([None, None, *SERIES]),
    }
).map(_with_place)
INTERESTS = st.lists(st.sampled_from(["music", "tech", "food"]), unique=True, max_size=3)
# Who did what with which event, by place in the lists.
INTERACTIONS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 99), st.sampled_from(ACTIONS)), max_size=25)
# Who mutes what.
MUTES = st.lists(st.tuples(st.integers(0, 2), st.sampled_from(TARGETS)), max_size=3)
# Bounds of a window, None for none: on starts, between them, short ones and empty ones.
BOUNDS = st.sampled_from([None, None, None, -1, 0, 1, 1.5, 2, 3, 24, 48, 72]).map(
    lambda hours: None if hours is None else NOW + timedelta(hours=hours)
)
CHANGES = st.sampled_from(
    [
        "add", "add by sql", "delete", "delete by sql", "edit", "edit by sql", "edit stale", "delete event", "delete user",
        "interests", "mute", "unmute",
    ]
)  # fmt: skip


def distance_of(here, there):
    """The kilometres between two places on the sphere: the angle between two vectors, which no formula of ours uses."""

    def vector(latitude, longitude):
        across = math.cos(math.radians(latitude))
        along = math.radians(longitude)
        return across * math.cos(along), across * math.sin(along), math.sin(math.radians(latitude))

    (a, b, c), (x, y, z) = vector(*here), vector(*there)
    cross = math.hypot(b * z - c * y, c * x - a * z, a * y - b * x)
    return 6_371.0088 * math.atan2(cross, a * x + b * y + c * z)


def is_within(event, circle):
    """Whether an event's place is known and within a circle."""
    if event.get("latitude") is None:
        return False
    return distance_of(circle.centre, (event["latitude"], event["longitude"])) <= circle.radius_km


@dataclass
class World:
    """What the database should hold: rows by id."""

    events: dict[int, dict] = field(default_factory=dict)
    users: dict[int, list[str]] = field(default_factory=dict)
    interactions: dict[int, tuple[int, int, str]] = field(default_factory=dict)
    mutes: dict[int, tuple[int, str, int | str]] = field(default_factory=dict)

    def muted(self, user, event):
        """The mutes of the user that hide an event, by column."""
        return {
            column: key
            for key, (who, column, value) in self.mutes.items()
            if who == user and self.events[event].get(column) == value
        }

    def feed(
        self,
        user,
        *,
        ranker="heuristic",
        type=None,
        category=None,
        starts_after=None,
        starts_before=None,
        free=None,
        attendance=None,
        near=None,
    ):
        """What the specification says the user gets: (id, interest match, count), in order."""
        dismissed = {event for who, event, action in self.interactions.values() if who == user and action == "DISMISS"}
        rows = []
        for key, event in self.events.items():
            if event["status"] not in ("OPEN", "IN_PROGRESS") or not event["start_at"] > NOW or key in dismissed:
                continue
            if self.muted(user, key):
                continue
            if (type and event["type"] != type) or (category and event["category"] not in category):
                continue
            if (free and event.get("price_max") != 0) or (attendance and event.get("attendance") not in attendance):
                continue
            if near and not is_within(event, near):
                continue
            if (starts_after and not event["start_at"] > starts_after) or (
                starts_before and not event["start_at"] < starts_before
            ):
                continue
            count = sum(1 for _, target, _ in self.interactions.values() if target == key)
            match = event["category"] in self.users[user]
            order = {
                "heuristic": (not match, -count, event["start_at"], key),
                "popular": (-count, event["start_at"], key),
                "upcoming": (event["start_at"], key),
            }[ranker]
            rows.append((order, (key, match, count)))
        return [row for _, row in sorted(rows)]


def build(events, interests, interactions, mutes=()):
    """Put a world into the database."""
    world = World()
    Organiser.objects.bulk_create([Organiser(pk=pk, name=f"Organiser {pk}") for pk in ORGANISERS])
    for place, wanted in enumerate(interests):
        user = User(username=f"user{place}", interests=wanted)
        user.save()
        world.users[user.pk] = wanted
    rows = Event.objects.bulk_create([Event(title="Event", **values) for values in events])
    world.events = {row.pk: dict(values) for row, values in zip(rows, events, strict=True)}
    add(world, interactions)
    for number, target in mutes:
        mute(world, list(world.users)[number % len(world.users)], target)
    return world


def mute(world, user, target):
    """Let somebody mute something."""
    column, value = target
    row, _ = Mute.objects.get_or_create(user_id=user, **{column: value})
    world.mutes[row.pk] = (user, column, value)


def add(world, interactions, *, by_sql=False):
    """Let people do things with events, in bulk."""
    users, events = list(world.users), list(world.events)
    wanted = [
        (users[who % len(users)], events[what % len(events)], action)
        for who, what, action in interactions
        if users and events
    ]
    if by_sql:
        with connection.cursor() as cursor:
            for user, event, action in wanted:
                cursor.execute(
                    "INSERT INTO interactions_interaction (user_id, event_id, action) VALUES (%s, %s, %s) RETURNING id",
                    [user, event, action],
                )
                world.interactions[cursor.fetchone()[0]] = (user, event, action)
        return
    rows = Interaction.objects.bulk_create([Interaction(user_id=u, event_id=e, action=a) for u, e, a in wanted])
    world.interactions.update({row.pk: values for row, values in zip(rows, wanted, strict=True)})


def change(world, kind, draw):
    """Change the world in one random way, in the database and in the model of it alike."""
    if kind in ("add", "add by sql"):
        add(world, draw(INTERACTIONS), by_sql=kind == "add by sql")
    elif kind in ("delete", "delete by sql"):
        _delete_interactions(world, draw, by_sql=kind == "delete by sql")
    elif kind == "interests":
        user, wanted = draw(st.sampled_from(sorted(world.users))), draw(INTERESTS)
        User.objects.filter(pk=user).update(interests=wanted)
        world.users[user] = wanted
    elif kind == "mute":
        mute(world, draw(st.sampled_from(sorted(world.users))), draw(st.sampled_from(TARGETS)))
    elif kind == "unmute" and world.mutes:
        key = draw(st.sampled_from(sorted(world.mutes)))
        Mute.objects.get(pk=key).delete()
        del world.mutes[key]
    elif kind == "delete user" and len(world.users) > 1:
        user = draw(st.sampled_from(sorted(world.users)))
        User.objects.get(pk=user).delete()
        del world.users[user]
        world.interactions = {key: row for key, row in world.interactions.items() if row[0] != user}
        world.mutes = {key: row for key, row in world.mutes.items() if row[0] != user}
    elif kind.startswith(("edit", "delete event")) and world.events:
        _change_event(world, kind, draw)


def _delete_interactions(world, draw, *, by_sql):
    gone = [key for key in world.interactions if draw(st.booleans())]
    if by_sql:
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM interactions_interaction WHERE id = ANY(%s)", [gone])
    else:
        Interaction.objects.filter(pk__in=gone).delete()
    for key in gone:
        del world.interactions[key]


def _change_event(world, kind, draw):
    key = draw(st.sampled_from(sorted(world.events)))
    if kind == "delete event":
        Event.objects.get(pk=key).delete()
        del world.events[key]
        world.interactions = {key: values for key, values in world.interactions.items() if values[1] != key}
        return
    values = draw(EVENTS)
    if kind == "edit":
        Event.objects.filter(pk=key).update(**values)
    elif kind == "edit by sql":
        with connection.cursor() as cursor:
            changed = ", ".join(f"{name} = %({name})s" for name in values)
            cursor.execute(f"UPDATE events_event SET {changed} WHERE id = %(id)s", {**values, "id": key})
    else:
        stale = Event.objects.with_count().get(pk=key)
        add(world, [(0, place, "VIEW") for place in range(3)])
        for name, value in values.items():
            setattr(stale, name, value)
        stale.save()
    world.events[key] = values
