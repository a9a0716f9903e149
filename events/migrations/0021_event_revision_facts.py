"""The trigger that counts the changes of an event knows its facts."""

from pathlib import Path

from django.db import migrations

_SQL = Path(__file__).resolve().parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("events", "0020_validate_event_facts")]

    operations = [
        migrations.RunSQL(
            (_SQL / "event_revision_facts.sql").read_text(), (_SQL / "event_revision_facts.reverse.sql").read_text()
        ),
    ]
