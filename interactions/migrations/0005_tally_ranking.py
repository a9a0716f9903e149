"""This file holds the change from three indexes of the tallies to one: see Note [Ranking index]."""

from pathlib import Path

from django.db import migrations, models

import api.keyset

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0003_upcoming"), ("interactions", "0004_idempotency_keys")]

    operations = [
        migrations.RemoveIndex(model_name="tally", name="tally_popular"),
        migrations.RemoveIndex(model_name="tally", name="tally_category_popular"),
        migrations.RemoveIndex(model_name="tally", name="tally_upcoming"),
        migrations.RunSQL((_SQL / "tally_ranking.sql").read_text(), (_SQL / "tally_ranking.reverse.sql").read_text()),
        migrations.AlterField(
            model_name="tally",
            name="category",
            field=models.CharField(blank=True, help_text="Empty if the event has none.", max_length=50),
        ),
        migrations.AddField(
            model_name="tally",
            name="descending_count",
            field=models.GeneratedField(
                db_persist=True,
                expression=api.keyset.Negative("interaction_count"),
                help_text="The count, negated: see Note [Ranking index].",
                output_field=models.IntegerField(),
            ),
        ),
        migrations.AddIndex(
            model_name="tally",
            index=models.Index(
                fields=["category", "type", "descending_count", "start_at", "event"],
                include=["receded_xid", "receded_at"],
                condition=models.Q(status__in=("OPEN", "IN_PROGRESS")),
                name="tally_ranking",
            ),
        ),
    ]
