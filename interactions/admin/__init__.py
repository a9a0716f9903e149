"""The admin of interactions, imported here for Django's autodiscovery."""

from interactions.admin.interaction import InteractionAdmin

__all__ = ["InteractionAdmin"]
