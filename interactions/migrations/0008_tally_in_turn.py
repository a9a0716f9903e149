"""This file holds the change of the triggers that keep the tallies, from joins to one tally after the other."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("interactions", "0007_interaction_times")]

    operations = [
        # Backwards nothing is to be done: these keep the same invariant in the tables as they were before.
        migrations.RunSQL((_SQL / "tally_in_turn.sql").read_text(), migrations.RunSQL.noop),
    ]
