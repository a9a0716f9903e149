"""The functions that compute distances: see events/geo.py."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0021_event_revision_facts")]

    operations = [
        migrations.RunSQL((_SQL / "distance.sql").read_text(), (_SQL / "distance.reverse.sql").read_text()),
    ]
