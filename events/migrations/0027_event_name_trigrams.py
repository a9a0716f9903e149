"""The index by which events' names that are spelt similarly are read."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import F, Func, TextField

NAMES = Func(
    F("title"), F("tags"), F("location_name"), F("category"), function="event_names", output_field=TextField()
)


class Migration(migrations.Migration):
    # Made while the table is written to.
    atomic = False
    dependencies = [("events", "0026_event_title_words")]

    operations = [
        AddIndexConcurrently(
            "event",
            GinIndex(OpClass(NAMES, name="gin_trgm_ops"), name="event_name_trigrams"),
        ),
    ]
