"""The series of an event, a text that the events of one series share."""

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

from api.text_rules import validate_line
from events.migrations import _texts


class Migration(migrations.Migration):
    dependencies = [("events", "0012_organiser_set_null")]

    operations = [
        migrations.AddField(
            "event", "series",
            models.CharField(
                blank=True, help_text="Events of one series have the same text here.", max_length=200, null=True,
                validators=[validate_line],
            ),
        ),
        # Not validated while nobody can write to the table: see 0015.
        AddConstraintNotValid("event", _texts.valid_texts("series", name="event_series_valid_text")),
    ]  # fmt: skip
