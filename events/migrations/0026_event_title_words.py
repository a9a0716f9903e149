"""The index of the words of titles without accents."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import F, Func, TextField


class Migration(migrations.Migration):
    # Made while the table is written to.
    atomic = False
    dependencies = [("events", "0025_event_name_words")]

    operations = [
        AddIndexConcurrently(
            "event",
            GinIndex(SearchVector(Func(F("title"), function="folded", output_field=TextField()), config="simple"), name="event_title_words"),
        ),
    ]
