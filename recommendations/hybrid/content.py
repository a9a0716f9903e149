"""This file holds the signal of the texts: how near an event's vector is to the person's."""

from __future__ import annotations

from recommendations.hybrid.scene import NAN, Scene


def columns(scene: Scene) -> list[list[float]]:
    """Return the column similarity."""
    return [[scene.similarities.get(event.event_id, NAN) for event in scene.found]]
