"""Training runs: what each learned, how well it ranks, and which one is active."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.db.models.functions import Now


class CannotActivate(Exception):
    """A training run that nothing could be ranked by; the message says why, and what to do."""


class TrainingRunQuerySet(models.QuerySet["TrainingRun"]):
    """Questions about training runs."""

    def activated(self) -> Self:
        """Keep those that are or were active, the active one first."""
        return self.filter(activated_at__isnull=False).order_by("-activated_at", "-pk")

    def active(self) -> TrainingRun | None:
        """Return the active run; None if none was ever activated."""
        return self.activated().first()

    def previous(self) -> TrainingRun | None:
        """Return the run that was active before the active one; None if none was."""
        return self.activated()[1:2].first()

    def without_model(self) -> Self:
        """Leave out the long columns: the model, and the lists of organisers and events."""
        return self.defer("model", "neighbours", "popular")


class TrainingRun(models.Model):
    """What a training learned, written when it was complete; only `activated_at` ever changes."""

    cutoff = models.DateTimeField(help_text="It has learned from interactions before this moment.")
    began_at = models.DateTimeField()
    finished_at = models.DateTimeField(db_default=Now())
    seed = models.BigIntegerField()
    parameters = models.JSONField(help_text="Of the factorisation, the examples and the re-ranker.")
    fingerprint = models.CharField(max_length=64, help_text="SHA-256 of the training data, in hexadecimal.")
    metrics = models.JSONField(help_text="On the latest window, held out from the re-ranker that is measured.")
    model = models.TextField(help_text="The re-ranker, as LightGBM writes it.")
    model_sha256 = models.CharField(max_length=64, help_text="Of the model, in hexadecimal.")
    neighbours = models.JSONField(default=dict, help_text="Organisers that the same people choose, with cosines.")
    popular = models.JSONField(default=list, help_text="The events that most people interacted with.")
    activated_at = models.DateTimeField(
        null=True, blank=True, db_index=True, help_text="When it was last activated. The run with the latest is active."
    )

    objects = TrainingRunQuerySet.as_manager()

    class Meta:
        db_table = "recommendations_run"

    def __str__(self) -> str:
        return f"Run of {self.cutoff:%Y-%m-%d %H:%M} (#{self.pk})"

    @property
    def has_intact_model(self) -> bool:
        """Whether the model is what the training wrote."""
        return hashlib.sha256(self.model.encode()).hexdigest() == self.model_sha256

    def activate(self, at: datetime) -> None:
        """Make this the active run. CannotActivate, and nothing changes, if its model or its factors are incomplete.

        Without factors it would still rank, but as if nobody had any taste.
        """
        if not self.has_intact_model:
            raise CannotActivate(f"{self} can't be activated: its model is damaged. Train again: manage.py train.")
        factors = EntityFactors.objects.filter(run=OuterRef("pk"))
        if not TrainingRun.objects.filter(Exists(factors), pk=self.pk).update(activated_at=at):
            raise CannotActivate(f"{self} can't be activated: its factors are deleted. Train again: manage.py train.")
        self.activated_at = at


class EntityFactors(models.Model):
    """What a run has learned about an event, organiser, series, venue, category or tag."""

    class Kind(models.TextChoices):
        """The kinds of entities."""

        EVENT = "event", "Event"
        ORGANISER = "organiser", "Organiser"
        SERIES = "series", "Series"
        VENUE = "venue", "Venue"
        CATEGORY = "category", "Category"
        TAG = "tag", "Tag"

    run = models.ForeignKey(TrainingRun, on_delete=models.CASCADE, related_name="entity_factors", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(
        max_length=200, help_text="The id of an event or organiser, of a series organiser and title, else the name."
    )
    people = models.PositiveIntegerField(help_text="Distinct users with positive interactions.")
    interactions = models.PositiveIntegerField(db_column="deeds", help_text="Distinct pairs of a user and an event.")
    events = models.PositiveIntegerField(help_text="Events of the entity.")
    trend = models.FloatField(help_text="Recent interactions: a sum of weights that halve within a month.")
    factors = models.BinaryField(help_text="float32[rank], little-endian.")

    class Meta:
        db_table = "recommendations_trait"
        constraints = [models.UniqueConstraint(fields=["run", "kind", "key"], name="trait_once")]
        verbose_name_plural = "entity factors"

    def __str__(self) -> str:
        return f"{self.kind} {self.key} (#{self.pk})"
