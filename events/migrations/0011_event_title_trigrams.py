"""The index by which the admin finds a part of a title."""

from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations
from django.db.models.functions import Upper


class Migration(migrations.Migration):
    # An index made while the table is written to.
    atomic = False
    dependencies = [("events", "0010_pg_trgm")]

    operations = [
        AddIndexConcurrently(
            model_name="event",
            index=GinIndex(OpClass(Upper("title"), name="gin_trgm_ops"), name="event_title_trigrams"),
        ),
    ]
