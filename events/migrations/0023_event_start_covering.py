"""The index of events by start has what filters compare, too, so that events that don't pass are not read."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Made while the table is written to and read.
    atomic = False
    dependencies = [("events", "0022_distance")]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                fields=["start_at", "id"],
                include=["status", "type", "category", "price_max", "attendance", "latitude", "longitude"],
                name="event_start_covering",
            ),
        ),
        RemoveIndexConcurrently("event", "event_start"),
    ]
