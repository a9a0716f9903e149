"""The admin classes of events and organisers, imported here because Django looks for them here."""

from events.admin.event import EventAdmin
from events.admin.organiser import OrganiserAdmin

__all__ = ["EventAdmin", "OrganiserAdmin"]
