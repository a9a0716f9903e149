"""This file holds the traits: what a run has learnt of an event, organiser, series, venue, category or tag."""

from __future__ import annotations

from django.db import models

from recommendations.models.run import Run


class Trait(models.Model):
    """The factors of one thing that events have in common, and how many people it has reached."""

    class Kind(models.TextChoices):
        """What it is."""

        EVENT = "event", "Event"
        ORGANISER = "organiser", "Organiser"
        SERIES = "series", "Series"
        VENUE = "venue", "Venue"
        CATEGORY = "category", "Category"
        TAG = "tag", "Tag"

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="traits", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    key = models.CharField(
        max_length=200, help_text="The id of an event or organiser, of a series organiser and title, else the name."
    )
    people = models.PositiveIntegerField(help_text="How many chose it.")
    deeds = models.PositiveIntegerField(help_text="How many pairs of a person and an event of it there were.")
    events = models.PositiveIntegerField(help_text="How many events have it.")
    trend = models.FloatField(help_text="What was done of late: a sum of weights that halve within a month.")
    factors = models.BinaryField(help_text="float32[rank], little-endian.")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "kind", "key"], name="trait_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key} (#{self.pk})"
