"""The index of the events of a series by start."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Made while the table is written to.
    atomic = False
    dependencies = [("events", "0015_validate_event_series")]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                condition=models.Q(series__isnull=False), fields=["series", "start_at", "id"], name="event_series_start"
            ),
        ),
    ]
