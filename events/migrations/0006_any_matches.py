"""The function by which constraints look at the texts of an array."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0005_origins")]

    operations = [
        migrations.RunSQL((_SQL / "any_matches.sql").read_text(), (_SQL / "any_matches.reverse.sql").read_text()),
    ]
