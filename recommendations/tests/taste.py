"""A world for training: people who keep to their organisers, over half a year, and events ahead."""

from datetime import UTC, datetime, timedelta
from random import Random

from events.models import Event
from events.tests.factories import EventFactory, OrganiserFactory
from interactions.models import Interaction
from users.models import User
from users.tests.factories import UserFactory

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
_WEEKS_BEFORE, _WEEKS_AFTER = 16, 6
CATEGORIES = ("music", "tech", "food", "sports")


def world_with_taste(people: int = 24) -> list[User]:
    """Make organisers with an event a week, past ones completed, and people who apply to those of two organisers."""
    chance = Random(7)
    organisers = [OrganiserFactory(name=f"Organiser {number}") for number in range(8)]
    weeks: list[list[Event]] = []
    for week in range(-_WEEKS_BEFORE, _WEEKS_AFTER):
        weeks.append(
            [
                EventFactory(
                    title=f"Evening {number} of {organiser.name}",
                    description=f"The {CATEGORIES[number % 4]} of the week.",
                    organiser=organiser,
                    category=CATEGORIES[number % 4],
                    location_name=f"Hall {number % 5}",
                    latitude=48 + number / 100,
                    longitude=14.0,
                    tags=[CATEGORIES[number % 4], "evening"],
                    start_at=NOW + timedelta(days=7 * week + 1, hours=number),
                    status="COMPLETED" if week < -1 else "OPEN",
                )
                for number, organiser in enumerate(organisers)
            ]
        )
    users = [UserFactory(latitude=48.0 + number / 200, longitude=14.0) for number in range(people)]
    rows = []
    for number, user in enumerate(users):
        for week, events in enumerate(weeks[: _WEEKS_BEFORE + 1]):
            for event in (events[number % 8], events[(number + 4) % 8]):
                if chance.random() < 0.6:
                    at = NOW + timedelta(days=7 * (week - _WEEKS_BEFORE) - 3, minutes=chance.randrange(3_000))
                    action = "SAVE" if chance.random() < 0.2 else "APPLY"
                    if at < NOW:
                        rows.append(Interaction(user=user, event=event, action=action, created_at=at))
    Interaction.objects.bulk_create(rows)
    return users
