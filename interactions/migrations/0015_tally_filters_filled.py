"""The copies of events that were there before."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("interactions", "0014_tally_filters")]

    operations = [
        # Backwards the columns go.
        migrations.RunSQL((_SQL / "tally_filters_filled.sql").read_text(), migrations.RunSQL.noop)
    ]
