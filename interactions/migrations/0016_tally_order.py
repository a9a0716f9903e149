"""The index of the order has what filters compare, too: see Note [Ranking index]."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    # Made while the table is written to and read.
    atomic = False
    dependencies = [("interactions", "0015_tally_filters_filled")]

    operations = [
        AddIndexConcurrently(
            "tally",
            models.Index(
                condition=models.Q(("status__in", ("OPEN", "IN_PROGRESS"))),
                fields=["category", "type", "descending_count", "start_at", "event"],
                include=["demoted_xid", "demoted_at", "is_free", "attendance", "latitude", "longitude"],
                name="tally_order",
            ),
        ),
        RemoveIndexConcurrently("tally", "tally_ranking"),
    ]
