"""This file holds the making of the indexes that the feed by start reads."""

from django.db import migrations, models

_BOOKABLE = models.Q(status__in=("OPEN", "IN_PROGRESS"))


class Migration(migrations.Migration):
    dependencies = [("events", "0002_events")]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(fields=["type", "start_at", "id"], condition=_BOOKABLE, name="event_type_upcoming"),
        ),
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                fields=["category", "type", "start_at", "id"], condition=_BOOKABLE, name="event_category_upcoming"
            ),
        ),
    ]
