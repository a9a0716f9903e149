"""The program that fills an empty database, and prints the tokens and events of it as JSON."""

import json
import random
import sys
from datetime import timedelta

import django

from chaos.client import CLIENTS

# Of the users, by their numbers: one exports, one signs in.
EXPORTER, SIGNER = 2, 3
PASSWORD = "a password of the harness"  # noqa: S105 -- of nothing but this world
USERS = 200
EVENTS = 2_000
INTERACTIONS = 20_000
_BATCH = 1_000


def main() -> None:
    """Write the rows by few statements and print {"tokens": […], "events": […]}."""
    django.setup()
    # Models can be imported only from here on.
    from django.utils import timezone
    from knox.models import AuthToken

    from events.categories import Category
    from events.models import Event
    from interactions.models import Interaction
    from users.models import User

    # The same world every time.
    chance = random.Random(20)  # noqa: S311
    now = timezone.now()
    categories = list(Category.values)
    actions = [action for action in Interaction.Action.values if action != Interaction.Action.DISMISS]
    users = User.objects.bulk_create(
        User(username=f"user{number}", interests=sorted(chance.sample(categories, 3))) for number in range(USERS)
    )
    users[SIGNER].set_password(PASSWORD)
    users[SIGNER].save()
    events = Event.objects.bulk_create(
        (
            Event(
                title=f"Event {number}",
                description="What happens there, in some words. " * 8,
                category=chance.choice(categories),
                start_at=now + timedelta(minutes=chance.randrange(60, 60 * 24 * 60)),
            )
            for number in range(EVENTS)
        ),
        batch_size=_BATCH,
    )
    # The clients have done nothing yet, so that whatever they record makes a row.
    Interaction.objects.bulk_create(
        (
            Interaction(user=chance.choice(users[CLIENTS:]), event=chance.choice(events), action=chance.choice(actions))
            for _ in range(INTERACTIONS)
        ),
        batch_size=_BATCH,
    )
    tokens = [AuthToken.objects.create(user)[1] for user in users]
    json.dump({"tokens": tokens, "events": [event.pk for event in events]}, sys.stdout)


if __name__ == "__main__":
    main()
