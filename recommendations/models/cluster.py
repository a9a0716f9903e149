"""The incarnation of the database: another one after a failover that lost something, or a restored backup."""

import secrets

from django.db import models

_ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"


def new_incarnation() -> str:
    """Return a name for an incarnation that no other has: eight letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(8))


class Cluster(models.Model):
    """One row: which incarnation of the database this is. Cursors and positions of another one mean nothing in it."""

    incarnation = models.CharField(max_length=8, default=new_incarnation)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(pk=1), name="cluster_one_row")]

    def __str__(self) -> str:
        return self.incarnation
