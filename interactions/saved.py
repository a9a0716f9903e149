"""The events that a user saved, and what became of them since."""

from datetime import datetime

from django.db.models import BooleanField, Case, F, OuterRef, Subquery, When

from api.keyset import BY_START, Order
from events.models import Event
from events.querysets import EventQuerySet
from interactions.models import Interaction
from users.models import User

# How past events are listed.
LATEST_FIRST = Order(BY_START.keys, descending=True)


def saved_by(user: User, now: datetime) -> EventQuerySet:
    """Return the events that a user saved, whatever became of them.

    Each carries `saved_at`, when it was saved last; `is_over`, as of now; and `is_changed`: whether something that
    people notice, such as its time, place or status, changed since it was saved.
    """
    saves = Interaction.objects.of(user).filter(action=Interaction.Action.SAVE)
    last = saves.filter(event=OuterRef("pk")).order_by("-created_at", "-id").values("created_at")[:1]
    changed = When(revised_at__gt=F("saved_at"), then=True)
    return (
        Event.objects.filter(pk__in=saves.values("event"))
        .with_is_over(now)
        .annotate(saved_at=Subquery(last))
        .annotate(is_changed=Case(changed, default=False, output_field=BooleanField()))
    )
