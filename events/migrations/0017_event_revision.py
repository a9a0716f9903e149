"""How often an event was changed, and when last, kept by a trigger."""

from pathlib import Path

from django.db import migrations, models

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0016_event_series_index")]

    operations = [
        migrations.AddField("event", "revision", models.PositiveIntegerField(db_default=0, editable=False)),
        migrations.AddField("event", "revised_at", models.DateTimeField(editable=False, null=True)),
        migrations.RunSQL((_SQL / "event_revision.sql").read_text(), (_SQL / "event_revision.reverse.sql").read_text()),
    ]
