"""The extension that finds parts of texts by an index."""

from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0009_validate_texts")]

    operations = [TrigramExtension()]
