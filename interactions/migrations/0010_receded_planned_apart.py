"""This file holds the change of receded_since to a function that no statement's plan contains."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("interactions", "0009_event_newest_in_order")]

    operations = [
        # Backwards nothing is to be done: it answers as before.
        migrations.RunSQL((_SQL / "receded_planned_apart.sql").read_text(), migrations.RunSQL.noop),
    ]
