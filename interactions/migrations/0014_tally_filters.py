"""The tallies copy what the feed filters by: whether an event is free, its attendance and its place."""

from pathlib import Path

from django.db import migrations, models

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0021_event_revision_facts"), ("interactions", "0013_demoted")]

    operations = [
        migrations.AddField(
            "tally",
            "is_free",
            models.BooleanField(default=False, help_text="Whether the highest price is known to be 0."),
        ),
        migrations.AddField(
            "tally",
            "attendance",
            models.CharField(blank=True, default="", help_text="Empty if it is unknown.", max_length=20),
        ),
        migrations.AddField("tally", "latitude", models.FloatField(null=True)),
        migrations.AddField("tally", "longitude", models.FloatField(null=True)),
        migrations.RunSQL((_SQL / "tally_filters.sql").read_text(), (_SQL / "tally_filters.reverse.sql").read_text()),
    ]
