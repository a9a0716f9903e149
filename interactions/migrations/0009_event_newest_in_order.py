"""This file holds the remaking of the index of the newest interactions of an event, so that none are newest together."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models
from django.db.models import F


class Migration(migrations.Migration):
    # Indexes made while the table is written to.
    atomic = False
    dependencies = [("interactions", "0008_tally_in_turn")]

    operations = [
        migrations.RenameIndex(model_name="interaction", old_name="event_newest", new_name="event_newest_before"),
        AddIndexConcurrently(
            model_name="interaction",
            index=models.Index(
                F("event"), F("created_at").desc(), F("id").desc(), include=("user", "action"), name="event_newest"
            ),
        ),
        RemoveIndexConcurrently(model_name="interaction", name="event_newest_before"),
    ]
