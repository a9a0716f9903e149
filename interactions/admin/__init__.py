"""This file holds nothing but the import by which Django finds the admin of interactions."""

from interactions.admin.interaction import InteractionAdmin

__all__ = ["InteractionAdmin"]
