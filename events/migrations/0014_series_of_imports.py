"""The series of the events that earlier releases imported from recurring calendar entries."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0013_event_series")]

    operations = [
        migrations.RunSQL(
            (_SQL / "series_of_imports.sql").read_text(), (_SQL / "series_of_imports.reverse.sql").read_text()
        ),
    ]
