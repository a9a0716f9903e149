"""This file holds the index of the newest interactions of an event, which takes the place of its reference's own."""

import django.contrib.postgres.operations
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    # Indexes made while the table is written to.
    atomic = False
    dependencies = [("events", "0004_shortlist_indexes"), ("interactions", "0005_tally_ranking")]

    operations = [
        django.contrib.postgres.operations.AddIndexConcurrently(
            model_name="interaction",
            index=models.Index(
                models.F("event"),
                models.OrderBy(models.F("created_at"), descending=True),
                include=("user", "action"),
                name="event_newest",
            ),
        ),
        migrations.AlterField(
            model_name="interaction",
            name="event",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="interactions",
                to="events.event",
            ),
        ),
    ]
