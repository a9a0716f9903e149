"""This file holds the creation of the triggers that keep the tallies and refuse changes of interactions."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("interactions", "0001_interactions")]

    operations = [
        migrations.RunSQL((_SQL / "tally.sql").read_text(), (_SQL / "tally.reverse.sql").read_text()),
    ]
