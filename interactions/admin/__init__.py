"""The admin of interactions and mutes, imported here for Django's autodiscovery."""

from interactions.admin.interaction import InteractionAdmin
from interactions.admin.mute import MuteAdmin

__all__ = ["InteractionAdmin", "MuteAdmin"]
