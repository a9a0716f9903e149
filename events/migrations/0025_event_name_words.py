"""The index of the words of events' names."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import F, Func, TextField

NAMES = Func(
    F("title"), F("tags"), F("location_name"), F("category"), function="event_names", output_field=TextField()
)


class Migration(migrations.Migration):
    # Made while the table is written to.
    atomic = False
    dependencies = [("events", "0024_folded")]

    operations = [
        AddIndexConcurrently(
            "event",
            GinIndex(SearchVector(NAMES, config="simple"), name="event_name_words"),
        ),
    ]
