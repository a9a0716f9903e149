"""Imports by which Django finds the admin of interactions."""

from interactions.admin.interaction import InteractionAdmin

__all__ = ["InteractionAdmin"]
