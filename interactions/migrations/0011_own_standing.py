"""The index by which a user's saves, applications and dismissals of an event are found."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # An index made while the table is written to.
    atomic = False
    dependencies = [("interactions", "0010_receded_planned_apart")]

    operations = [
        AddIndexConcurrently(
            model_name="interaction",
            index=models.Index(
                fields=["user", "event"],
                condition=models.Q(("action__in", ["SAVE", "APPLY", "DISMISS"])),
                name="own_standing",
            ),
        ),
    ]
