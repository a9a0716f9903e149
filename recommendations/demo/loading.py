"""The loading of the demo data, and whether it is there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.db.models import Exists, Q, QuerySet
from django.db.models.functions import Lower

from events.models import Event, Organiser
from interactions.models import Interaction
from recommendations.demo.crowd import announced_at, planned_interactions
from recommendations.demo.people import ANA, STAFF, PlannedPerson, inhabitants
from recommendations.demo.programme import PREFIX, PlannedEvent, in_week, programme
from recommendations.demo.town import Town, wrenmouth
from users.authentication import may_sign_in
from users.models import User

DEMO_USER = ANA
STAFF_USER = STAFF
DEMO_PASSWORD = "demo"  # noqa: S105 - known on purpose; the command refuses where it would matter
_BATCH = 2_000
_FACTS = ("address", "time_zone", "attendance", "price_min", "price_max", "currency", "language", "minimum_age")

# Note [Demo rows]
# Demo rows are known by what they carry, not by a table of their own: an event or organiser by its external id (one of
# the programme's, all of which start with "demo-"), a user by username and e-mail together (ana and ana@example.org),
# an interaction by its event or user. example.org is reserved, so no real person has such an address. Users are marked
# as well (is_demo), because nobody may sign in as one of them in production.


class DemoNameTaken(Exception):
    """A user has the name or address of a demo user: rename that user or load into another database."""

    def __init__(self, user: User) -> None:
        """Take the user who is in the way."""
        super().__init__(
            f'The user "{user.username}" ({user.email or "no e-mail"}) has the name or address of a demo user. '
            "Rename that user or load the demo data into another database."
        )


class MomentTooFar(ValueError):
    """The demo data can be dated around moments in the years 1900 to 9000 only: choose one of those."""

    def __init__(self, now: datetime) -> None:
        """Take the moment."""
        super().__init__(f"Demo data is dated around moments in the years 1900 to 9000; {now.isoformat()} is not.")


@dataclass(frozen=True)
class DemoReport:
    """How many rows were loaded, how many events were re-dated, and how many got their facts; 0 for the rest."""

    organisers: int = 0
    users: int = 0
    events: int = 0
    interactions: int = 0
    redated: int = 0
    completed: int = 0


def load_demo(now: datetime) -> DemoReport:
    """Load the demo data around a moment or, if it is there and none of its events is ahead, re-date these.

    All or nothing. The same moment gives the same rows, ids and (salted) password hashes aside. Rows that are there are
    not changed, with three exceptions: demo users are marked; demo events without a time zone, which an earlier release
    loaded, get their facts (price, address and so on); and those that are re-dated get a new start, end and status, by
    moving each by whole weeks to where a fresh load would put it. What was deleted of the demo data stays
    deleted, unless no demo event is left.
    Errors: DemoNameTaken, MomentTooFar.
    """
    if not 1900 <= now.year <= 9000:
        raise MomentTooFar(now)
    now = now.astimezone(UTC)
    events = programme()
    with transaction.atomic():
        loaded = Event.objects.filter(external_id__in=[event.external_id for event in events])
        if not loaded.exists():
            return _load(wrenmouth(), events, now)
        completed = _complete(loaded.filter(time_zone=None), events, wrenmouth())
        if loaded.starting_after(now).exists():
            return DemoReport(completed=completed)
        return DemoReport(redated=_redate(loaded, events, now), completed=completed)


def _complete(loaded: QuerySet[Event], planned: Sequence[PlannedEvent], town: Town) -> int:
    """Give events that have no facts yet those of the programme."""
    plan = {event.external_id: event for event in planned}
    events = list(loaded.select_for_update().order_by("pk"))
    for event in events:
        for name, value in _facts(plan[str(event.external_id)], town).items():
            setattr(event, name, value)
    Event.objects.bulk_update(events, _FACTS, batch_size=_BATCH)
    return len(events)


def _facts(event: PlannedEvent, town: Town) -> dict[str, Any]:
    lowest, highest = event.price or (None, None)
    return {
        "address": town.venues[event.venue].address,
        "time_zone": town.time_zone,
        "attendance": event.attendance,
        "price_min": lowest,
        "price_max": highest,
        "currency": town.currency if highest else None,
        "language": event.language,
        "minimum_age": event.minimum_age,
    }


def _redate(loaded: QuerySet[Event], planned: Sequence[PlannedEvent], now: datetime) -> int:
    plan = {event.external_id: event for event in planned}
    # Locked, so that of two runs at once the second finds the events ahead of it or moves them by nothing.
    events = list(loaded.select_for_update().order_by("pk"))
    for event in events:
        its_plan = plan[str(event.external_id)]
        moved_by = in_week(event.start_at, its_plan.week, now) - event.start_at
        event.start_at += moved_by
        if event.end_at is not None:
            event.end_at += moved_by
        event.status = its_plan.status
    Event.objects.bulk_update(events, ["start_at", "end_at", "status"])
    return len(events)


def _load(town: Town, events: Sequence[PlannedEvent], now: datetime) -> DemoReport:
    people = inhabitants(town)
    users = _users(people, now)
    organisers = _organisers(town)
    rows = Event.objects.bulk_create([_event(event, town, organisers, now) for event in events])
    event_ids = {event.key: row.pk for event, row in zip(events, rows, strict=True)}
    interactions = Interaction.objects.bulk_create(
        [
            Interaction(
                user_id=users[planned.username],
                event_id=event_ids[planned.event],
                action=planned.action,
                created_at=planned.created_at,
            )
            for planned in planned_interactions(people, events, now)
        ],
        batch_size=_BATCH,
    )
    return DemoReport(
        organisers=len(organisers), users=len(users), events=len(event_ids), interactions=len(interactions)
    )


def _users(people: Sequence[PlannedPerson], now: datetime) -> dict[str, int]:
    """Return the ids of the demo users by username; those who are there (see Note [Demo rows]) are marked at most."""
    emails = {person.username: person.email for person in people}
    there = User.objects.annotate(address=Lower("email")).filter(
        Q(username__in=emails) | Q(address__in=emails.values())
    )
    ids: dict[str, int] = {}
    for user in there.order_by("pk"):
        if emails.get(user.username) != user.email.lower():
            raise DemoNameTaken(user)
        ids[user.username] = user.pk
    User.objects.filter(pk__in=ids.values(), is_demo=False).update(is_demo=True)
    created = User.objects.bulk_create([_user(person, now) for person in people if person.username not in ids])
    return ids | {user.username: user.pk for user in created}


def _user(person: PlannedPerson, now: datetime) -> User:
    latitude, longitude = person.home or (None, None)
    return User(
        username=person.username,
        email=person.email,
        first_name=person.first_name,
        last_name=person.last_name,
        display_name=f"{person.first_name} {person.last_name}",
        # Hashing is slow by design: two sign in, the others cannot.
        password=make_password(DEMO_PASSWORD if person.username in (DEMO_USER, STAFF_USER) else None),
        interests=list(person.interests),
        latitude=latitude,
        longitude=longitude,
        is_staff=person.username == STAFF_USER,
        is_superuser=person.username == STAFF_USER,
        is_demo=True,
        date_joined=now - timedelta(days=person.days_here),
    )


def _organisers(town: Town) -> dict[str, Organiser]:
    """Return the demo organisers by the programme's keys; those who are there stay as they are."""
    external_ids = {key: PREFIX + key for key in town.organisers}
    there = Organiser.objects.in_bulk(list(external_ids.values()), field_name="external_id")
    created = Organiser.objects.bulk_create(
        [
            Organiser(name=town.organisers[key], external_id=external_id)
            for key, external_id in external_ids.items()
            if external_id not in there
        ]
    )
    everyone = there | {str(organiser.external_id): organiser for organiser in created}
    return {key: everyone[external_id] for key, external_id in external_ids.items()}


def _event(event: PlannedEvent, town: Town, organisers: dict[str, Organiser], now: datetime) -> Event:
    venue = town.venues[event.venue]
    start_at = event.start_at(now)
    return Event(
        title=event.title,
        description=event.description,
        type=event.type,
        status=event.status,
        category=event.category,
        tags=list(event.tags),
        organiser=None if event.organiser is None else organisers[event.organiser],
        location_name=venue.name,
        latitude=venue.latitude,
        longitude=venue.longitude,
        url=event.url,
        start_at=start_at,
        end_at=None if event.lasts is None else start_at + event.lasts,
        external_id=event.external_id,
        created_at=announced_at(event, now),
        **_facts(event, town),
    )


@dataclass(frozen=True)
class DemoSignIn:
    """With what anybody may sign in as the demo user."""

    username: str
    password: str


def demo_sign_in() -> DemoSignIn | None:
    """Return the demo user's name and password while the demo data is loaded and they may, else None."""
    loaded = Exists(Event.objects.filter(external_id__startswith=PREFIX))
    there = User.objects.filter(
        loaded, may_sign_in(), username=DEMO_USER, email=f"{DEMO_USER}@example.org", is_staff=False
    )
    return DemoSignIn(DEMO_USER, DEMO_PASSWORD) if there.exists() else None
