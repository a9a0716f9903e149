"""The database removes a deleted organiser from its events: see Note [Cascades]."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0011_event_title_trigrams")]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="organiser",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="events",
                to="events.organiser",
            ),
        ),
        migrations.RunSQL(
            (_SQL / "organiser_set_null.sql").read_text(), (_SQL / "organiser_set_null.reverse.sql").read_text()
        ),
    ]
