"""Whether the demo data is there. See Note [Demo rows] in loading.py."""

from dataclasses import dataclass

from django.db.models import Exists

from events.models import Event
from recommendations.demo.loading import DEMO_PASSWORD, DEMO_USER
from recommendations.demo.programme import PREFIX
from users.authentication import may_sign_in
from users.models import User


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
