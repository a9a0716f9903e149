"""The command that tells clients that the database is no longer the one that they read from."""

from typing import Any

from api.commands import TerminalCommand
from recommendations.models.cluster import Cluster, new_incarnation


class Command(TerminalCommand):
    """Begins a new incarnation, so that cursors from before are answered with 410."""

    help = (
        "Begin a new incarnation of the database. Run it on the new primary after a failover that may have lost "
        "transactions, after restoring a backup and after a major upgrade: cursors from before are then answered with "
        "410, and clients begin again."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the new incarnation and print it."""
        cluster, _ = Cluster.objects.update_or_create(pk=1, defaults={"incarnation": new_incarnation()})
        self.stdout.write(f"This is now incarnation {cluster.incarnation}; cursors from before are answered with 410.")
