"""The columns receded_xid and receded_at become demoted_xid and demoted_at, with the functions that use them.

From here on, sql/tally_triggers.sql has every trigger in one file.
"""

from pathlib import Path

from django.db import migrations, models

_SQL = Path(__file__).resolve().parents[1] / "sql"
_FIELDS = ["category", "type", "descending_count", "start_at", "event"]
_BOOKABLE = models.Q(status__in=("OPEN", "IN_PROGRESS"))


class Migration(migrations.Migration):
    dependencies = [("interactions", "0012_idempotency_status")]

    operations = [
        # Triggers first: everybody locks events before tallies. All of it is one transaction.
        migrations.RunSQL((_SQL / "tally_triggers.sql").read_text(), (_SQL / "tally_triggers.reverse.sql").read_text()),
        # The database renames the columns of the index too; Django's state does not.
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.RemoveIndex(model_name="tally", name="tally_ranking")]
        ),
        migrations.RenameField(model_name="tally", old_name="receded_xid", new_name="demoted_xid"),
        migrations.RenameField(model_name="tally", old_name="receded_at", new_name="demoted_at"),
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.AddIndex(
                    model_name="tally",
                    index=models.Index(
                        fields=_FIELDS,
                        include=["demoted_xid", "demoted_at"],
                        condition=_BOOKABLE,
                        name="tally_ranking",
                    ),
                )
            ]
        ),
    ]
