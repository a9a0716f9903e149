"""Who may change events: holders of Django's permissions for it."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

_NEEDED = {"create": "events.add_event", "partial_update": "events.change_event", "destroy": "events.delete_event"}


class EventPermission(BasePermission):
    """Everybody who is signed in reads; who holds add_event, change_event or delete_event writes."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """Say whether the request may be made; asks the database only for writes."""
        if not request.user.is_authenticated:
            return False
        # None for a method that the address has not: that is answered with 405, whoever asks.
        needed = _NEEDED.get(view.action)
        return needed is None or request.user.has_perm(needed)
