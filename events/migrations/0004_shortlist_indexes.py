"""This file holds the indexes that a shortlist reads; that of the organiser takes the place of its reference's own."""

import django.contrib.postgres.indexes
import django.contrib.postgres.operations
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Indexes made while the table is written to.
    atomic = False
    dependencies = [("events", "0003_upcoming")]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="event",
            index=models.Index(fields=["organiser", "start_at", "id"], name="event_organiser_start"),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="event",
            index=models.Index(fields=["location_name", "start_at", "id"], name="event_venue_start"),
        ),
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="event",
            index=django.contrib.postgres.indexes.GistIndex(
                models.Func(models.F("longitude"), models.F("latitude"), function="point"),
                condition=models.Q(latitude__isnull=False, longitude__isnull=False),
                name="event_place",
            ),
        ),
        migrations.AlterField(
            model_name="event",
            name="organiser",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="events",
                to="events.organiser",
            ),
        ),
    ]
