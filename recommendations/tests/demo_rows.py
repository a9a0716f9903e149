"""What the tests of the demo data share: moments, and the reading of rows."""

from datetime import UTC, datetime, timedelta

from django.db.models import Model

from events.models import Event, Organiser
from interactions.models import Interaction, Tally
from recommendations.demo.loading import (
    DemoReport,
)
from users.models import User

NOW = datetime(2026, 5, 6, 16, 20, 5, 123456, tzinfo=UTC)
LATER = NOW + timedelta(days=92, hours=5)
WEEK = timedelta(weeks=1)
LOADED = DemoReport(organisers=47, users=302, events=611, interactions=12028)


def rows_of(model: type[Model]) -> list[dict[str, object]]:
    return list(model._default_manager.order_by("pk").values())


def all_rows() -> dict[str, list[dict[str, object]]]:
    return {model.__name__: rows_of(model) for model in (User, Organiser, Event, Interaction, Tally)}


def rows_without_ids() -> dict[str, list[tuple[object, ...]]]:
    """Every demo row by what it says: ids and salted hashes left out, references by name."""
    user_fields = "username email first_name last_name display_name interests latitude longitude date_joined is_staff"
    event_fields = (
        "external_id title description type status category tags organiser__external_id location_name latitude "
        "longitude url start_at end_at created_at tally__interaction_count address time_zone attendance price_min price_max "
        "currency language minimum_age"
    )
    return {
        "users": list(User.objects.order_by("username").values_list(*user_fields.split(), "is_superuser", "is_active")),
        "organisers": list(Organiser.objects.order_by("external_id").values_list("external_id", "name")),
        "events": list(Event.objects.order_by("external_id").values_list(*event_fields.split())),
        # Ids rise with time, so their order is part of what was loaded.
        "interactions": list(
            Interaction.objects.order_by("id").values_list(
                "user__username", "event__external_id", "action", "created_at"
            )
        ),
    }


def empty() -> None:
    User.objects.all().delete()
    Event.objects.all().delete()
    Organiser.objects.all().delete()
