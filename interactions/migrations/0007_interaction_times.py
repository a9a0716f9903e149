"""This file holds the making of the index by which interactions of a stretch of time are found."""

from django.contrib.postgres.indexes import BrinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("interactions", "0006_event_newest")]

    operations = [
        AddIndexConcurrently(
            model_name="interaction",
            index=BrinIndex(fields=["created_at"], name="interaction_times", autosummarize=True),
        ),
    ]
