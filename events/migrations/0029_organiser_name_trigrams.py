"""The index by which organisers' names that are spelt similarly are read."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models import F, Func, TextField


class Migration(migrations.Migration):
    # Made while the table is written to.
    atomic = False
    dependencies = [("events", "0028_organiser_name_words")]

    operations = [
        AddIndexConcurrently(
            "organiser",
            GinIndex(OpClass(Func(F("name"), function="folded", output_field=TextField()), name="gin_trgm_ops"), name="organiser_name_trigrams"),
        ),
    ]
