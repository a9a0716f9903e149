"""Imports by which Django finds the admin of events and organisers."""

from events.admin.event import EventAdmin
from events.admin.organiser import OrganiserAdmin

__all__ = ["EventAdmin", "OrganiserAdmin"]
