"""The rule for the text of a series holds for every row."""

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("events", "0014_series_of_imports")]

    operations = [ValidateConstraint("event", "event_series_valid_text")]
