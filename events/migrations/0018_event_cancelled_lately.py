"""The index of the cancelled events by the time of their last change."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Made while the table is written to.
    atomic = False
    dependencies = [("events", "0017_event_revision")]

    operations = [
        AddIndexConcurrently(
            "event",
            models.Index(
                condition=models.Q(("status", "CANCELLED")), fields=["revised_at"], name="event_cancelled_lately"
            ),
        ),
    ]
