"""This file holds the training runs: what each was made of, how well it did, and which one is active."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models.functions import Now


class RunQuerySet(models.QuerySet["Run"]):
    """Questions about training runs."""

    def activated(self) -> Self:
        """Keep those that are or were active, the active one first."""
        return self.filter(activated_at__isnull=False).order_by("-activated_at", "-pk")

    def active(self) -> Run | None:
        """Return the run that serves; None if none was ever activated."""
        return self.activated().first()

    def previous(self) -> Run | None:
        """Return the run that served before the active one; None if none did."""
        return self.activated()[1:2].first()

    def listed(self) -> Self:
        """Leave out what is long: the model, and what was learnt of organisers and events."""
        return self.defer("model", "neighbours", "popular")

    def activate(self, run: Run, at: datetime) -> None:
        """Let a run serve from now on: one update, after which it was activated last."""
        self.filter(pk=run.pk).update(activated_at=at)


class Run(models.Model):
    """What a training made, written once when it was complete; only `activated_at` ever changes."""

    cutoff = models.DateTimeField(help_text="It was learnt from what preceded this.")
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(db_default=Now())
    seed = models.BigIntegerField()
    parameters = models.JSONField(help_text="Of the factorisation, the examples and the re-ranker.")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of what it was learnt from, in hexadecimal.")
    metrics = models.JSONField(help_text="On the latest window, which the re-ranker of the trial had not seen.")
    model = models.TextField(help_text="The re-ranker, as LightGBM writes it.")
    model_sha256 = models.CharField(max_length=64, help_text="Of the model's text, in hexadecimal.")
    neighbours = models.JSONField(default=dict, help_text="Organisers that the same people choose, with cosines.")
    popular = models.JSONField(default=list, help_text="The events that most people were interested in.")
    activated_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="When it was last made to serve; the latest of all serves."
    )

    objects = RunQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Run of {self.cutoff:%Y-%m-%d %H:%M} (#{self.pk})"
