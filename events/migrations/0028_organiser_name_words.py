"""The index of the words of organisers' names."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.operations import AddIndexConcurrently
from django.contrib.postgres.search import SearchVector
from django.db import migrations
from django.db.models import F, Func, TextField


class Migration(migrations.Migration):
    # Made while the table is written to.
    atomic = False
    dependencies = [("events", "0027_event_name_trigrams")]

    operations = [
        AddIndexConcurrently(
            "organiser",
            GinIndex(SearchVector(Func(F("name"), function="folded", output_field=TextField()), config="simple"), name="organiser_name_words"),
        ),
    ]
