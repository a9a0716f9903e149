"""The functions that write texts without accents, for search."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0023_event_start_covering")]

    operations = [
        migrations.RunSQL((_SQL / "folded.sql").read_text(), (_SQL / "folded.reverse.sql").read_text()),
    ]
